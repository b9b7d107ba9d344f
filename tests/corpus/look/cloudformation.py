"""CloudFormation read as plain YAML nodes: explicit names of IAM resources, DNS that is always there."""

from collections.abc import Iterator

import yaml

from tests.corpus.look.defect import LOOKED_UP, Defect, Source

NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
}
DNS = {"AWS::Route53::HostedZone", "AWS::Route53::RecordSet", "AWS::Route53::RecordSetGroup"}


def defects(sources: list[Source]) -> Iterator[Defect]:
    for source in sources:
        if "Resources" in source.text and "AWS::" in source.text:
            yield from in_template(source)


def in_template(source: Source) -> Iterator[Defect]:
    try:
        template = yaml.compose(source.text, yaml.CSafeLoader)
    except yaml.YAMLError:
        return
    for name, resource in entries(entries(template).get("Resources")).items():
        body = entries(resource)
        kind = body["Type"].value if "Type" in body else None
        if not isinstance(kind, str):
            continue
        lines = resource.start_mark.line, resource.end_mark.line  # from 0: so the first is the line of the name
        name_node = entries(body.get("Properties")).get(NAMES.get(kind, ""))
        if name_node is not None and not LOOKED_UP.search(str(name_node.value)):
            yield Defect("iam-role-name", "explicit name", source.path, name, *lines)
        private = "VPCs" in entries(body.get("Properties"))  # such a zone needs no delegated domain
        if kind in DNS and "Condition" not in body and not private:
            yield Defect("route53-conditional", "always there", source.path, name, *lines)


def entries(node: yaml.Node | None) -> dict[str, yaml.Node]:
    """The values of a mapping by key; nothing for any other node."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}

"""EFS file systems that are not encrypted at rest."""

from fixer.model import Impact
from fixer.setting import Setting, SettingTransform


class EfsEncryption(SettingTransform):
    """EFS file system is not encrypted at rest.

    ## Why
    Files, their names and metadata are stored in the clear: a copy of the storage is a copy of the data.

    ## Fix
    Encryption is turned on, with the key `aws/elasticfilesystem` that AWS manages unless another one is named.

    ## Impact
    Data loss: a file system is encrypted when it is made or never, so that it is made anew, empty. To keep the files,
    make an encrypted one beside it, copy them (AWS DataSync, or a restore from AWS Backup), then change over the
    clients.

    ## References
    https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html
    https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html
    """

    impact = Impact.DATA_LOSS
    closes = (
        *("CKV_AWS_42", "AWS-0037"),
        "AwsSolutions-EFS1",  # https://github.com/cdklabs/cdk-nag, src/packs/aws-solutions (3.0.2, read 2026-11-22)
        # assets/queries of https://github.com/Checkmarx/kics (read 2026-11-22), Terraform first
        "48207659-729f-4b5c-9402-f884257d794f",
        "2ff8e83c-90e1-4d68-a300-6d652112e622",
    )
    note = (
        "a deployed file system is replaced by an empty one: make an encrypted one beside it, copy the files "
        "(AWS DataSync, or a restore from AWS Backup), then change over the clients"
    )
    terraform_settings = (Setting("aws_efs_file_system", "encrypted", True, absent=False),)
    cloudformation_settings = (Setting("AWS::EFS::FileSystem", "Encrypted", True, absent=False),)
    # The L2 construct encrypts when nothing is said: aws-cdk-lib 2.275.0, synthesized on 2026-11-21.
    cdk_python_settings = (
        Setting("aws_cdk.aws_efs.FileSystem", "encrypted", True, absent=True),
        Setting("aws_cdk.aws_efs.CfnFileSystem", "encrypted", True, absent=False),
    )

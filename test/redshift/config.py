"""config -- what a stand-in is told at its start: a JSON file, overridden by options."""

from dataclasses import dataclass, field


@dataclass
class Config:
    """users: name -> {"password", "auth": md5 | cleartext | sha256, "superuser"}.
    roles: ARN or "default" -> {"access_key", "secret_key", "token", "prefixes": ["s3://bucket/path", ...]}.
    s3_endpoints: region -> URL; s3_region: the cluster's own. isolation: snapshot or serializable.
    """

    backend_socket: str = "/var/run/postgresql"
    backend_port: int = 5432
    backend_user: str = "postgres"
    host: str = "127.0.0.1"
    port: int = 0
    control: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    require_ssl: bool = False
    tls_max: str = ""
    users: dict = field(default_factory=dict)
    roles: dict = field(default_factory=dict)
    s3_endpoints: dict = field(default_factory=dict)
    s3_region: str = "us-east-1"
    s3_ca: str = ""
    s3_retries: int = 3
    s3_retry_delay_s: float = 0.05
    allow_key_credentials: bool = False
    journal: str = ""
    isolation: str = "snapshot"
    serverless: bool = False
    table_limit: int = 9900
    column_limit: int = 1600
    connection_limit: int = 18
    lock_after: int = 5
    refuse_duplicate_parts: bool = True
    refuse_null_inside: bool = False
    chunk_bytes: int = 4194304


def from_dict(values):
    """Return the Config of a dict. Errors: ValueError naming an unknown key or a bad choice."""
    known = Config.__dataclass_fields__
    for key in values:
        if key not in known:
            raise ValueError(f"unknown setting {key}")
    config = Config(**values)
    if config.isolation not in ("snapshot", "serializable"):
        raise ValueError(f"isolation is {config.isolation}, not snapshot or serializable")
    return config

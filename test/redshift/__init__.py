"""A strict stand-in for Amazon Redshift: a wire-protocol front before a throw-away PostgreSQL."""

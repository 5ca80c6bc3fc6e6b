"""No secret is printed or staged. (That nothing is printed is looked for in every run of every test.)"""

import servers
from events import lines, page, track
from pipe import TOKEN


def everything_staged(pipe):
    """The bytes of all staged objects, unpacked."""
    return b"".join(pipe.staged_bytes(key) for key in pipe.staged())


def test_nothing_staged_holds_a_secret(make_pipe, all_servers):
    standin = all_servers.standin("keys", allow_key_credentials=True)
    pipe = make_pipe("redshift", standin=standin)
    pipe.put("a.json.gz", [page("p1"), track("m1"), b"no event"])
    words = pipe.options()
    at = words.index("--iam-role")
    words[at:at + 2] = ["--copy-credentials", "--verbose", "--max-rejects", "1"]
    result = pipe.run(*words, env={"AWS_SESSION_TOKEN": TOKEN}).expect(0)
    assert "COPY" in result.err                 # statements are shown, their credentials are not
    staged = everything_staged(pipe)
    assert b"no event" in staged and b"p1" in staged
    for secret in pipe.secrets:
        assert secret.encode() not in staged
    assert all_servers.s3_env["AWS_ACCESS_KEY_ID"] not in result.out + result.err


def test_a_dry_run_masks_the_keys(make_pipe, all_servers):
    standin = all_servers.standin("keys", allow_key_credentials=True)
    pipe = make_pipe("redshift", standin=standin)
    pipe.put("a.json.gz", [page("p1")])
    words = pipe.options()
    at = words.index("--iam-role")
    words[at:at + 2] = ["--copy-credentials", "--dry-run"]
    result = pipe.run(*words, env={"AWS_SESSION_TOKEN": TOKEN}).expect(0)
    assert "COPY" in result.out
    assert all_servers.s3_env["AWS_ACCESS_KEY_ID"] not in result.out


def test_a_refused_copy_does_not_print_the_keys(redshift):
    """The server's own error may quote the statement: here it refuses keys altogether."""
    pipe = redshift
    pipe.put("a.json.gz", [page("p1")])
    words = pipe.options()
    at = words.index("--iam-role")
    words[at:at + 2] = ["--copy-credentials", "--verbose"]
    pipe.run(*words, env={"AWS_SESSION_TOKEN": TOKEN}).expect(76)
    pipe.standin.fault("error", match=r"^\s*copy", code="42601", times=0,
                       message="syntax error near 'aws_secret_access_key=" + pipe.servers.s3_env[
                           "AWS_SECRET_ACCESS_KEY"] + "'")
    pipe.run(*words, env={"AWS_SESSION_TOKEN": TOKEN}).expect(76)


def test_the_role_is_not_printed(redshift):
    redshift.put("a.json.gz", [page("p1")])
    result = redshift.load("--verbose").expect(0)
    assert "COPY" in result.err
    assert servers.ROLE not in result.out + result.err


def test_the_command_line_of_the_process_has_no_password(postgres):
    """What other users of the machine see of a run."""
    with postgres.start(*postgres.options(source="-")) as process:
        with open(f"/proc/{process.process.pid}/cmdline", "rb") as text:
            assert servers.PASSWORD.encode() not in text.read()
        process.finish(lines([page("p1")])).expect(0)
    assert postgres.values("pages") == ["p1"]

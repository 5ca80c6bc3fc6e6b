"""query -- the plans of SELECT, INSERT, DELETE, UPDATE, and the text of expressions inside DDL.

Sources: Redshift Database Developer Guide, `r_SELECT_synopsis`, `r_INSERT_30`, `r_DELETE`, `r_UPDATE`,
`c_sql-functions-leader-node`.
"""

from .errors import RsError, strict
from .names import quote
from .plan import Plan
from .walk import Walk
from .words import LEADER_FUNCTIONS, LEADER_WORDS


def leader_split(walk):
    """Refuse a statement that needs leader and compute nodes both."""
    leader = walk.functions & LEADER_FUNCTIONS | walk.functions & LEADER_WORDS
    if (leader or walk.catalog) and (walk.users or walk.logs):
        raise RsError("0A000", "Specified types or functions (one per INFO message) not supported on "
                               "Redshift tables.")


def render(pieces):
    """Return the backend's statement and the (offset there, offset in the client's text) pairs."""
    sql, positions, length = [], [], 0
    for text, start in pieces:
        positions.append((length, start))
        sql.append(text)
        length += len(text) + 1
    return " ".join(sql), positions


def plan_query(cursor, session, head):
    """Return the Plan of a SELECT or WITH statement."""
    walk = Walk(cursor, session, head)
    walk.run()
    leader_split(walk)
    if head == "with" and "select" not in (text.lower() for text, _ in walk.out):
        raise strict("WITH needs a SELECT", "r_WITH_clause", "42601")
    sql, positions = render(walk.out)
    return Plan("query", [sql], reads=walk.reads, positions=positions,
                leader=not walk.users and not walk.logs)


def plan_insert(cursor, session):
    """Return the Plan of INSERT INTO t [(columns)] VALUES ... | SELECT ... (r_INSERT_30)."""
    walk = Walk(cursor, session, "insert")
    walk.put("insert", cursor.take())
    if not cursor.accept("into"):
        cursor.fail()
    token = cursor.peek()
    target = cursor.relation()
    walk.put("into " + walk.placed(target, token, True), token)
    if cursor.peek() is not None and cursor.peek().is_op("(") and not (
            cursor.peek(1) is not None and cursor.peek(1).is_word("select", "with")):
        columns = ", ".join(quote(session.names.short(name)) for name in cursor.name_list())
        walk.put(f"({columns})", token)
    if cursor.peek() is None or not (cursor.peek().is_word("values", "select", "with", "default")
                                     or cursor.peek().is_op("(")):
        cursor.fail()
    walk.run()
    leader_split(walk)
    sql, positions = render(walk.out)
    return Plan("write", [sql], reads=walk.reads, writes=[target], positions=positions)


def plan_delete(cursor, session):
    """Return the Plan of DELETE [FROM] t [USING tables] [WHERE ...] (r_DELETE)."""
    walk = Walk(cursor, session, "delete")
    walk.put("delete", cursor.take())
    cursor.accept("from")
    return _modify(walk, cursor, "from")


def plan_update(cursor, session):
    """Return the Plan of UPDATE t [[AS] alias] SET ... [FROM ...] [WHERE ...] (r_UPDATE)."""
    walk = Walk(cursor, session, "update")
    walk.put("update", cursor.take())
    return _modify(walk, cursor, "")


def _modify(walk, cursor, before):
    """Finish a DELETE or UPDATE from its table's name on."""
    token = cursor.peek()
    target = cursor.relation()
    walk.put(before + " " + walk.placed(target, token, True), token)
    after = cursor.peek()
    if before and after is not None and not after.is_word("using", "where"):
        raise strict("DELETE takes no alias", "r_DELETE", "42601", after.start + 1)
    walk.run()
    leader_split(walk)
    sql, positions = render(walk.out)
    return Plan("write", [sql], reads=walk.reads, writes=[target], modifies=True, positions=positions)


def expression(cursor, session, stop):
    """Return the backend's text of an expression without tables, up to a word of `stop` or , or )."""
    walk = Walk(cursor, session, "expression")
    while not cursor.done():
        token = cursor.peek()
        if not walk.stack and (token.is_word(*stop) or token.is_op(",", ")")):
            break
        if token.is_word("select", "from", "over"):
            cursor.fail()
        walk.step()
    if walk.stack or not walk.out:
        cursor.fail()
    return render(walk.out)[0]

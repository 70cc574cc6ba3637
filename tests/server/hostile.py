"""What somebody hostile sends, and how each is refused: data only. HTML is in `hostile_html.py`."""

import json

ANY = range(400, 500)
"""Refused with any status of the client's fault; never one of the server's."""

PATHS = [
    *(
        (f"/media/{name}", (404,))
        for name in (
            "../../etc/passwd",
            "..%2f..%2fetc%2fpasswd",
            "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
            "..%252f..%252fetc%252fpasswd",
            "..%5c..%5cetc%5cpasswd",
            "....//....//etc/passwd",
            "..;/..;/etc/passwd",
            "%2fetc%2fpasswd",
            "/etc/passwd",
            "//etc/passwd",
            "file:///etc/passwd",
            "AAAAAAAAAAAAAAAAAAAAAAAA",
            "%00",
            "a.png%00.txt",
            "~root/.ssh/id_rsa",
            "%c0%ae%c0%ae/etc/passwd",
            "%ff%fe",
            "a" * 4000,
            "",
            ".",
            "..",
            "$(id)",
            "`id`",
            "{{7*7}}",
            "' or 1=1 --",
            "media/media",
        )
    ),
    *(
        (f"/assets/{name}", (404, 405))
        for name in (
            "../guard.py",
            "..%2fguard.py",
            "%2e%2e/guard.py",
            "..%5cguard.py",
            "../../../../../../etc/passwd",
            "%2fetc%2fpasswd",
            "/etc/passwd",
            "%00",
            ".%00./guard.py",
            "",
        )
    ),
    *(
        (f"/recipe/{name}", (404,))
        for name in ("../../etc/passwd", "..%2fnotes.js", "%2e%2e%2fsecret.js", "%00", ".env")
    ),
    *(
        (f"/peaks/{name}", ANY)
        for name in (
            "../../etc/passwd",
            "AAAA?columns=-1",
            "AAAA?columns=99999999999999999999",
            "AAAA?columns=0x10",
            "AAAA?columns=1e9",
            "AAAA?start=nan",
            "AAAA?end=inf",
            "AAAA?start=-0",
            "AAAA?start=9&end=1",
            "AAAA?columns=%D9%A3",
        )
    ),
    *(
        (f"/history?limit={value}", (400,))
        for value in ("0", "-1", "1001", "1e3", "ten", "%00", "9" * 400, "%D9%A3", "")
    ),
    *((f"/events?cursor={value}", (400,)) for value in ("-1", "x", "1;drop table events", "9" * 40, "%00")),
    *(
        (f"/progress?session_id={value}", (400, 403, 404))
        for value in (
            "other-alex",
            "%00",
            "hostile-%0d%0aset-cookie:x",
            "hostile-" + "a" * 300,
            "hostile-../../x",
            "hostile-a%2fb",
            "' or 1=1 --",
            "hostile",
        )
    ),
    *((f"/project?session={value}", (400,)) for value in ("%00", "a%0ab", "a" * 300, "%E2%80%AE", "%F3%A0%80%81")),
    ("/.env", (404,)),
    ("/.git/config", (404,)),
    ("/wp-login.php", (404,)),
    ("/icon.svg/../guard.py", (404,)),
    ("/%2e%2e/%2e%2e/etc/passwd", (404,)),
    ("/event/%00", (404, 405)),
    ("/openapi.json/..%2f..%2fguard.py", (404,)),
    ("/login/", (404,)),
    ("/?token=%00", (401,)),
    ("/?token=" + "a" * 8000, (401,)),
    ("/?token[]=x&token=", (401,)),
]

DEEP = '{"a":' * 50_000 + "1" + "}" * 50_000
HUGE_NUMBER = "1" + "0" * 5000

QUESTIONS = [
    ("", (200,)),
    *(
        (body, (400,))
        for body in (
            "null",
            "[]",
            "5",
            '"x"',
            "{",
            "{]",
            '{"a":1}{"b":2}',
            "\ufeff{}",
            '{"n": NaN}',
            '{"n": Infinity}',
            "{'n': 1}",
            '{"n": 0}',
            '{"n": -1}',
            '{"n": 1.5}',
            '{"n": "10"}',
            '{"n": 1001}',
            '{"n": [1]}',
            '{"n": ' + HUGE_NUMBER + "}",
            '{"session_id": 5}',
            '{"session_id": []}',
            '{"session_id": {}}',
            '{"session_id": ""}',
            '{"session_id": "hostile-\\u0000"}',
            '{"session_id": "hostile-\\n"}',
            '{"session_id": "hostile-' + "a" * 300 + '"}',
            DEEP,
            "[" * 100_000,
            '{"\ud800": 1}'.encode("utf-8", "surrogatepass"),
            b"\xff\xfe{\0}\0",
            b"\x1f\x8b\x08\0\0\0\0\0",
        )
    ),
    ('{"session_id": "other-alex"}', (404,)),
    ('{"session_id": "../../etc"}', (404,)),
    ('{"session_id": "hostile-../x"}', (400,)),
    ('{"session_id": "hostile-a/b"}', (400,)),
]
"""Bodies of `POST /get_session_questions`."""

ANSWERS = [
    "null",
    "5",
    '"accept"',
    "{}",
    "[5]",
    "[null]",
    "[[]]",
    "[{}]",
    '[{"answer": "accept"}]',
    '[{"_task_hash": HASH}]',
    '[{"_task_hash": HASH, "answer": "perhaps"}]',
    '[{"_task_hash": HASH, "answer": null}]',
    '[{"_task_hash": HASH, "answer": ["accept"]}]',
    '[{"_task_hash": "HASH", "answer": "accept"}]',
    '[{"_task_hash": HASH.5, "answer": "accept"}]',
    '[{"_task_hash": true, "answer": "accept"}]',
    '[{"_task_hash": 9007199254740993, "answer": "accept"}]',
    '[{"_task_hash": -9223372036854775809, "answer": "accept"}]',
    '[{"_task_hash": 1e400, "answer": "accept"}]',
    '[{"_task_hash": 12345, "answer": "accept"}]',
    '[{"_task_hash": HASH, "answer": "accept", "_event_id": ""}]',
    '[{"_task_hash": HASH, "answer": "accept", "_event_id": 5}]',
    '[{"_task_hash": HASH, "answer": "accept", "_event_id": "' + "x" * 65 + '"}]',
    '[{"_task_hash": HASH, "answer": "accept", "_seconds": -1}]',
    '[{"_task_hash": HASH, "answer": "accept", "_seconds": "5"}]',
    '[{"_task_hash": HASH, "answer": "accept", "_seconds": 1e300}]',
    '[{"_task_hash": HASH, "answer": "accept", "image": "/etc/passwd"}]',
    '[{"_task_hash": HASH, "answer": "accept", "image": "media/AAAA"}]',
    '[{"_task_hash": HASH, "answer": "accept", "image": "../../x.png"}]',
    '[{"_task_hash": HASH, "answer": "accept", "audio": "file:///etc/passwd"}]',
    '[{"_task_hash": HASH, "answer": "accept", "options": [{"image": "/etc/passwd"}]}]',
    '[{"_task_hash": HASH, "answer": "accept", "text": "a\\u0000b"}]',
    '[{"_task_hash": HASH, "answer": "accept", "a\\u0000b": 1}]',
    '[{"_task_hash": HASH, "answer": "accept", "meta": ' + DEEP + "}]",
    '[{"_task_hash": HASH, "answer": "accept", "text": "\\ud800"}]',
]
"""`answers` of `POST /give_answers`; HASH stands for the hash of a task that is out."""

UNDOS = [
    "{}",
    '{"_task_hash": null}',
    '{"_task_hash": "1"}',
    '{"_task_hash": 1.5}',
    '{"_task_hash": true}',
    '{"_task_hash": 12345}',
    '{"_task_hash": 9007199254740993}',
    '{"_task_hash": HASH, "_event_id": ""}',
    '{"_task_hash": HASH, "_event_id": ["x"]}',
    '{"_task_hash": HASH, "session_id": "other-alex"}',
]
"""Bodies of `POST /undo`."""

TOKENS = [
    "wrong",
    "admin",
    "null",
    "undefined",
    "true",
    "0",
    "a.b",
    "a.b.c",
    ".",
    "..",
    "W10.",
    "bnVsbA.AAAA",
    "eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYWRtaW4ifQ.",
    "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYWRtaW4ifQ.c2lnbmF0dXJl",
    "%00",
    "' or '1'='1",
    "../../invites.key",
    "x" * 6000,
    "=" * 100,
    "Bearer",
    "\u00e9\u00e8",
    "{}",
    "[]",
    "$2b$12$abcdefghijklmnopqrstuv",
    "TOKEN_WITH_LAST_LETTER_CHANGED",
    "TOKEN_IN_UPPER_CASE",
    "TOKEN_WITHOUT_SIGNATURE",
    "TOKEN_WITH_ROLE_ADMIN",
    "TOKEN_OF_ANOTHER_STORE",
    "TOKEN_THAT_ENDED",
    "TOKEN_TAKEN_BACK",
    "TOKEN_OF_ANOTHER_DATASET",
]
"""Given as a link, as a bearer and as a cookie to a server that asks who it is: 401 each time."""

WRITES = [
    ({"host": "evil.example"}, 421),
    ({"host": "localhost.evil.example"}, 421),
    ({"host": "127.0.0.1.evil.example"}, 421),
    ({"host": "evil.example#localhost"}, 421),
    ({"host": "localhost@evil.example"}, 421),
    ({"host": "[::1"}, 421),
    ({"host": "0.0.0.0"}, 421),
    ({"host": "169.254.169.254"}, 421),
    ({"host": ""}, 421),
    ({"origin": "http://evil.example"}, 403),
    ({"origin": "https://evil.example"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": ""}, 403),
    ({"origin": "file://"}, 403),
    ({"origin": "http://HOST.evil.example"}, 403),
    ({"origin": "http://evil.example/HOST"}, 403),
    ({"origin": "http://HOST@evil.example"}, 403),
    ({"origin": "http://["}, 403),
    ({"origin": "http://localhost:1"}, 403),
    ({"origin": "chrome-extension://abcdef"}, 403),
    ({"origin": "HOST"}, 403),
    ({"origin": "javascript://HOST"}, 403),
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "same-site"}, 403),
    ({"sec-fetch-site": "CROSS-SITE"}, 403),
    ({"x-forwarded-for": "127.0.0.1"}, 403),
    ({"forwarded": "for=127.0.0.1;host=localhost"}, 403),
    ({"x-forwarded-host": "localhost"}, 403),
    ({"x-real-ip": "127.0.0.1"}, 403),
]
"""Headers of a write to a server on loopback; HOST stands for its name and port."""

RAW = [
    b"GET / HTTP/1.1\r\nHost: HOST\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: HOST\r\n\r\n",
    b"GET / HTTP/1.1 HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"GET /\0 HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\0" * 100,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"CONNECT evil.example:443 HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"TRACE / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
    b"GET http://169.254.169.254/latest/meta-data HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\n\r\n",
    b"POST /undo HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n",
    b"POST /undo HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ",
    b"POST /undo HTTP/1.1\r\nHost: HOST\r\nContent-Length: x\r\n\r\n",
    b"POST /undo HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /undo HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /x",
    b"POST /undo HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: HOST\r\nBad Header: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : HOST\r\n\r\n",
    b"GET / HTTP/1.1\nHost: evil.example\n\n",
    b"\r\n\r\n\r\nFOO BAR\r\n\r\n",
]
"""What is no request of HTTP, or one of another kind: refused as such, or by its host or method."""

URLS = [
    *(
        f"http://{host}/"
        for host in (
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.1.",
            "localhost",
            "LocalHost",
            "localhost.",
            "0",
            "0.0.0.0",
            "[::1]",
            "[::]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fe80::1]",
            "[fe80::1%25lo]",
            "[fd00:ec2::254]",
            "[ff02::1]",
            "169.254.169.254",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "[::ffff:169.254.169.254]",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.0.1",
            "100.100.100.200",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "user:password@127.0.0.1",
            "127.0.0.1:22",
            "127.0.0.1%2f@127.0.0.1",
            "\u2460\u2461\u2466.0.0.1",
            "\uff11\uff12\uff17.0.0.1",
        )
    ),
    "HTTP://127.0.0.1/",
    "https://127.0.0.1/",
    "http:///etc/passwd",
    "http://[",
    "http://]/",
    "http://",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:-1/",
    "http://a b/",
    "http://\0/",
    "http://x\r\nHost: y/",
]
"""Addresses in data: `fetch_media` refuses each without a byte being sent there."""


def answers_body(answers: str, task_hash: int) -> str:
    """The body of `POST /give_answers`."""
    return '{"session_id": null, "answers": ' + answers.replace("HASH", json.dumps(task_hash)) + "}"

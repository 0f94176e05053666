# SPDX-License-Identifier: GPL-3.0-or-later
"""What crosses the socket, as recorded from outside."""
import base64
import socket
import time


from support import Proxy, group_of

SECRETS = ["Anak tanpa kelompok", "penjual koran di perempatan", "Diskusi Rahasia", "Sari Umpama", "Budi Misal"]


def forms(data):
    """A byte string as itself, as hex and as base64, so that no encoding hides it."""
    return [data, data.hex().encode(), data.hex().upper().encode(), base64.b64encode(data).rstrip(b"=")]


def port_of(endpoint):
    return int(endpoint.rsplit(":", 1)[1])


def test_the_wire_shows_no_text_no_name_and_no_identifier(people):
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.meet(budi)
    group = sari.json("group", "new", "Diskusi Rahasia")["group"]
    sari.run("group", "invite", "Diskusi Rahasia", "Budi Misal")
    thread = sari.json("thread", "new", "Diskusi Rahasia", "Anak tanpa kelompok")["thread"]
    post = sari.json("post", "Anak tanpa kelompok", "penjual koran di perempatan")["post"]
    proxy = Proxy(port_of(sari.start()))
    budi.address(sari, proxy.endpoint)
    budi.json("sync")
    budi.run("group", "accept", "Diskusi Rahasia")
    budi.json("sync")
    sari.stop()
    assert [p["text"] for p in budi.thread("Anak tanpa kelompok")["posts"]] == ["penjual koran di perempatan"]

    recorded = bytes(proxy.up) + bytes(proxy.down)
    proxy.close()
    assert proxy.connections >= 2 and len(recorded) > 2000
    hidden = [text.encode() for text in SECRETS]
    hidden += [bytes.fromhex(value) for value in (group, thread, post, sari.made["person"], sari.made["device"],
                                                  budi.made["person"], budi.made["device"])]
    for secret in hidden:
        for form in forms(secret):
            assert form not in recorded, form
    assert b"CURVE" in recorded and b"NULL" not in recorded and b"PLAIN" not in recorded


def test_a_stranger_gets_nothing_beyond_the_handshake(people):
    sari, budi, stranger = people("Sari Umpama", "Budi Misal", "Orang Asing")
    sari.meet(budi)
    stranger.run("contact", "add", str(sari.card()))  # he has her card, she does not have his
    proxy = Proxy(port_of(sari.start()))
    stranger.address(sari, proxy.endpoint)
    result = stranger.run("--json", "sync", "--timeout", "4", exit=4)
    assert '"reached": false' in result.stdout or '"reached":false' in result.stdout
    # Greeting 64, HELLO's answer WELCOME 170 and at most an ERROR of ZMTP: no READY, no message.
    assert b"READY" not in bytes(proxy.down)
    per_connection = len(proxy.down) / max(1, proxy.connections)
    assert per_connection <= 64 + 2 + 168 + 16, per_connection
    proxy.close()
    sari.stop()


def test_garbage_on_the_port_does_not_stop_the_node(people):
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.meet(budi)
    group_of(sari, "Diskusi Contoh", budi, endpoint="tcp://127.0.0.1:0")
    at = sari.start()
    for noise in (b"", b"\x00" * 4096, b"GET / HTTP/1.1\r\n\r\n", b"\xff" + b"\x00" * 8 + b"\x7f" + b"A" * 9000):
        with socket.create_connection(("127.0.0.1", port_of(at)), timeout=5) as guest:
            guest.sendall(noise)
            time.sleep(0.05)
    budi.address(sari, at)
    assert budi.json("sync")["left"] == 0
    sari.stop()


def test_a_card_with_another_transport_key_never_connects(people):
    """Budi dials an address behind which somebody else sits: CURVE proves the key he dialled."""
    sari, budi, other = people("Sari Umpama", "Budi Misal", "Dewi Andaikan")
    sari.meet(budi)
    other.meet(budi)
    budi.address(sari, other.start())
    budi.run("sync", "--timeout", "3", exit=4)
    other.stop()

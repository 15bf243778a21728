import { describe, expect, test } from "vitest";

import { readable, recogniseProtocol } from "../../src/classify/recognise-protocol.ts";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

describe("the first bytes of an answer", () => {
  test.each([
    ["HTTP/2", "\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0d"],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["TLS", "\x15\x03\x01\0\x02\x02F"],
    ["TLS", "\x16\x03\x03\0\x7a\x02\0\0\x76"],
    ["SSH", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["FTP", "220 ProFTPD Server ready\r\n"],
    ["SMTP", "220 mail.test ESMTP\r\n"],
    ["SMTP", "554 5.5.0 no\r\n"],
    ["PostgreSQL", "E\0\0\0\x8dSFATAL\0VFATAL\0C0A000\0"],
    ["PostgreSQL", "N"],
    ["PostgreSQL", "S"],
    ["PostgreSQL", "R\0\0\0\x08\0\0\0\0"],
    ["PostgreSQL", "R\0\0\0\x17\0\0\0\nSCRAM-SHA-256\0\0"],
    ["MySQL", "J\0\0\0\n8.0.36\0\x2a\0\0\0"],
    ["MySQL", "R\0\0\0\n8.0.36-zoo\0\x2a\0\0\0"],
    ["MySQL", "\x5b\0\0\0\n5.5.5-10.11.6-MariaDB-log\0"],
    ["MySQL", "\x45\0\0\0\xff\x6a\x04Host '10.0.0.1' is not allowed"],
    ["Redis", "-ERR wrong number of arguments\r\n"],
    ["Redis", "-NOAUTH Authentication required.\r\n"],
    ["Redis", "+PONG\r\n"],
    ["memcached", "ERROR\r\n"],
    ["POP3", "+OK POP3 ready\r\n"],
    ["IMAP", "* OK [CAPABILITY IMAP4rev1] ready\r\n"],
    ["AMQP", "AMQP\0\0\x09\x01"],
    [
      "MongoDB",
      "It looks like you are trying to access MongoDB over HTTP on the native driver port.\r\n",
    ],
    ["HTML without a head (HTTP/0.9)", "<!DOCTYPE html><p>hello"],
    ["HTML without a head (HTTP/0.9)", "\r\n<html>"],
  ])("look like %s: %j", (name, text) => {
    expect(recogniseProtocol(latin1(text))).toBe(name);
  });

  test.each([
    "",
    "HTTP/1.1 200 OK\r\n",
    "hello",
    "\x01\x02\x03\x04\x05\x06",
    "SSH",
    "No",
    "{}",
    "404",
  ])("look like nothing known: %j", (text) => {
    expect(recogniseProtocol(latin1(text))).toBeNull();
  });

  test("are looked at in no time, however many they are", () => {
    const startedAt = performance.now();

    recogniseProtocol(Buffer.alloc(1_000_000, "220 "));

    expect(performance.now() - startedAt).toBeLessThan(50);
  });
});

describe("bytes made readable", () => {
  test.each([
    ["", ""],
    ["plain text 123 ~", "plain text 123 ~"],
    ["\r\n\t", "\\r\\n\\x09"],
    ["\0\x1b[31m\x7f", "\\x00\\x1b[31m\\x7f"],
    ["\x80\x9b\xff", "\\x80\\x9b\\xff"],
    ["a\\x00", "a\\x5cx00"],
    ["<script>", "<script>"],
  ])("%j are %j", (text, expected) => {
    expect(readable(latin1(text))).toBe(expected);
  });

  test.each([
    [64, 64, false],
    [65, 64, true],
    [1_000_000, 64, true],
  ])("%i of them are shown as %i, with a mark if that is not all: %s", (count, shown, isCut) => {
    expect(readable(Buffer.alloc(count, "a"))).toBe("a".repeat(shown) + (isCut ? "…" : ""));
  });

  test("of any value are printable ASCII", () => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

    expect(readable(every, 256)).toMatch(/^[\x20-\x7e]+$/);
  });
});

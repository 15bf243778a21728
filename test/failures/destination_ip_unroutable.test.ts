// host_unreachable and not_permitted need a network namespace of their own; what the errnos mean is tested here without one.

import { describe, expect, test } from "vitest";

import { classifyConnect } from "../../src/classify/classify-connect.ts";
import { PhaseError } from "../../src/connect/phase-error.ts";
import { testFailureChain } from "../helpers/failure-chain.ts";

testFailureChain({
  fixture: "unroutable",
  type: "destination_ip_unroutable",
  reason: "network_unreachable",
  phase: "tcp",
  codes: { cloudflare: 523, "cloudflare-1016": 523, rfc9209: 502, generic: 502 },
});

describe("destination_ip_unroutable", () => {
  test.each([
    ["EHOSTUNREACH", "host_unreachable"],
    ["EHOSTDOWN", "host_unreachable"],
    ["ENETUNREACH", "network_unreachable"],
    ["EAFNOSUPPORT", "network_unreachable"],
    ["EADDRNOTAVAIL", "network_unreachable"],
    ["EACCES", "not_permitted"],
    ["EPERM", "not_permitted"],
  ])("%s while connecting has the reason %s", (errno, reason) => {
    const failure = classifyConnect(new PhaseError("tcp", errno));

    expect(failure).toMatchObject({
      type: "destination_ip_unroutable",
      reason,
      phase: "tcp",
      requestSent: false,
    });
  });

  test.each(["EHOSTUNREACH", "ENETUNREACH", "EACCES"])(
    "%s in a lookup or a handshake is not about the route to the origin",
    (errno) => {
      const types = [
        classifyConnect(new PhaseError("dns", errno)).type,
        classifyConnect(new PhaseError("tls", errno)).type,
      ];

      expect(types).not.toContain("destination_ip_unroutable");
    },
  );
});

// Networks as people write them, 192.0.2.0/24, ready to be matched.

import ipaddr from "ipaddr.js";

import type { Network } from "./gateway-config.ts";
import type { ProblemList, Steps } from "./problem-list.ts";

/** Parses the list written at `steps`; what is no network is reported. */
export function resolveNetworks(
  steps: Steps,
  written: readonly string[],
  problems: ProblemList,
): Network[] {
  return written.flatMap((cidr, index) => {
    const network = toNetwork(cidr);
    if (network === null)
      problems.report([...steps, index], "must be a network such as 192.0.2.0/24", cidr);
    return network === null ? [] : [network];
  });
}

/** Whether an address is in one of the networks. */
export function isWithin(address: string, networks: readonly Network[]): boolean {
  if (networks.length === 0 || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return networks.some(
    ([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits),
  );
}

function toNetwork(cidr: string): Network | null {
  try {
    return ipaddr.parseCIDR(cidr);
  } catch {
    return null;
  }
}

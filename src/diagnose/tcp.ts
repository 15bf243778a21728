// The TCP layer: every address by itself, where the gateway is content with the first that accepts.

import { classifyConnect } from "../classify/classify-connect.ts";
import { dial } from "../connect/dial.ts";
import type { Target } from "../connect/target.ts";
import { stateOf } from "./layer-state.ts";
import type { TcpReport } from "./report.ts";
import type { Trial } from "./trial.ts";
import { reportFailure } from "./verdict.ts";

type Dialled = TcpReport["addresses"][number];

/** More addresses than anybody would have, and few enough to dial them all at once. */
const mostAddresses = 32;

/** Connects to each address, all at the same time. Never rejects. */
export async function dialEach(
  { socketPath, port }: Target,
  addresses: readonly string[],
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Dialled[]> {
  const dialOne = async (address: string): Promise<Dialled> => {
    const place = socketPath === null ? { addresses: [address], port } : { socketPath };
    const startedAt = performance.now();
    const failure = await dial(place, timeoutMs, signal).then(
      (socket) => {
        socket.destroy();
        return null;
      },
      (error: unknown) => reportFailure(classifyConnect(error)),
    );
    const ms = performance.now() - startedAt;
    return { address, port: socketPath === null ? port : null, ms, failure };
  };
  return Promise.all((socketPath === null ? addresses : [socketPath]).slice(0, mostAddresses).map(dialOne)); // prettier-ignore
}

/** Tells of the layer. */
export function reportTcp(decisive: Trial, addresses: Dialled[]): TcpReport {
  const { progress } = decisive;
  return {
    state: stateOf("tcp", decisive),
    ms: progress.tcpMs,
    connectedTo: progress.originIp || null,
    addresses,
  };
}

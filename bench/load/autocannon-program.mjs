// The process that autocannon runs in: a plan as JSON goes in, what came of it comes out on stdout.

import autocannon from "autocannon";

const told = JSON.parse(process.argv[2]);
const { url, seconds, connections, hosts, method = "GET", fields = {}, bodyBytes = 0 } = told;
const body = "x".repeat(bodyBytes);

const result = await autocannon({
  url,
  connections,
  duration: seconds,
  timeout: 60,
  tlsOptions: { rejectUnauthorized: false },
  requests: hosts.map((host) => ({ method, headers: { host, ...fields }, body })),
});

process.stdout.write(
  JSON.stringify({
    requests: result.requests.total,
    seconds: result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    refused: result["4xx"] + result["5xx"],
    broken: result.errors + result.timeouts,
  }),
);

// Asks a running Prometheus.

/** A series of an answer, with its value. */
export interface QueriedSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Prometheus' HTTP API at an address. */
export class PrometheusClient {
  readonly #url: string;

  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}`;
  }

  /** Whether it is up, and has read its rules and data. */
  async isReady(): Promise<boolean> {
    const response = await fetch(`${this.#url}/-/ready`).catch(() => null);
    return response?.ok === true;
  }

  /** Evaluates a query now; rejects with Prometheus' words if it cannot. */
  async query(expr: string): Promise<QueriedSeries[]> {
    const { result } = (await this.get("query", { query: expr })) as {
      result: { metric: Record<string, string>; value: [number, string] }[];
    };
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** The sum of all series that it answers with; 0 if there are none. */
  async sum(expr: string): Promise<number> {
    return (await this.query(`sum(${expr})`))[0]?.value ?? 0;
  }

  /** The `data` of an answer of the API; rejects with Prometheus' words if it is an error. */
  async get(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const response = await fetch(
      `${this.#url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`,
    );
    const { status, error, data } = (await response.json()) as {
      status: string;
      error?: string;
      data: unknown;
    };
    if (status !== "success") throw new Error(`${parameters["query"]}: ${error}`);
    return data;
  }
}

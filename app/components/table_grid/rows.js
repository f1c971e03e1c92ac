// Rows of a selection, fetched in blocks as they come into view and kept while the selection stays.

const BLOCK_ROWS = 100;
const KEPT_BLOCKS = 60;
const AT_ONCE = 2;

class TableError extends Error {
  constructor({ subject, problem, remedy }) {
    super(`${subject}: ${problem.replace(/\.$/, "")}. ${remedy ?? ""}`.trim());
    this.fields = { subject, problem, remedy };
  }
}

const askTable = async (what, parameters, signal) => {
  const query = new URLSearchParams(parameters);
  const response = await fetch(`/api/table/${what}?${query}`, { signal });
  const document = await response.json().catch(() => ({ error: { subject: "viewer", problem: `answered ${response.status}`, remedy: "Load the page again." } }));
  if (document.error) throw new TableError(document.error);
  return document;
};

class RowSource {
  constructor(onChange) {
    this.onChange = onChange;
    this.signature = "";
    this.reset();
  }

  reset() {
    for (const { abort } of this.running?.values() ?? []) abort.abort();
    this.blocks = new Map();
    this.running = new Map();
    this.wanted = [];
    this.error = null;
    this.count = null;
    this.ignored = [];
  }

  // Rows of another selection: what is shown stays until the first new ones are here.
  select(base, columns, version) {
    const signature = JSON.stringify([base, columns, version]);
    if (signature === this.signature) return false;
    this.signature = signature;
    this.reset();
    this.base = base;
    this.columns = columns;
    return true;
  }

  row(index) {
    const block = this.blocks.get(Math.floor(index / BLOCK_ROWS));
    return block?.rows[index % BLOCK_ROWS];
  }

  // The row of a number, if it is among those that are here.
  known(number) {
    for (const { rows } of this.blocks.values()) {
      const found = rows.find((row) => row.number === number);
      if (found) return found;
    }
    return undefined;
  }

  want(first, last) {
    const from = Math.max(0, Math.floor(first / BLOCK_ROWS));
    const to = Math.floor(Math.max(first, last - 1) / BLOCK_ROWS);
    this.wanted = [];
    for (let block = from; block <= to; block += 1) if (!this.blocks.has(block)) this.wanted.push(block);
    for (const [block, { abort }] of this.running) if (!this.wanted.includes(block)) abort.abort();
    this.pump();
  }

  get isLoading() {
    return this.wanted.length > 0 && !this.error;
  }

  pump() {
    for (const block of this.wanted) {
      if (this.running.size >= AT_ONCE) return;
      if (!this.running.has(block) && !this.error) this.load(block);
    }
  }

  async load(block) {
    const abort = new AbortController();
    const { running, signature } = this;
    running.set(block, { abort });
    try {
      const parameters = { ...this.base, c: this.columns.join(","), offset: block * BLOCK_ROWS, limit: BLOCK_ROWS };
      const found = await askTable("page", parameters, abort.signal);
      if (signature !== this.signature) return;
      const rows = found.rows.map(([number, ...cells]) => ({ number, cells: new Map(this.columns.map((index, at) => [index, cells[at]])) }));
      this.blocks.set(block, { rows });
      this.count = found.count;
      this.ignored = found.ignored;
      while (this.blocks.size > KEPT_BLOCKS) this.blocks.delete(this.blocks.keys().next().value);
      this.wanted = this.wanted.filter((item) => item !== block);
    } catch (error) {
      if (error.name === "AbortError" || signature !== this.signature) return;
      this.error = error;
      this.wanted = [];
    } finally {
      running.delete(block);
    }
    this.onChange();
    this.pump();
  }
}

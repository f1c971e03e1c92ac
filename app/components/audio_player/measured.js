// What the server measured: packed numbers, and how they are asked for. See app/sound/packing.py for the layout.

const ARRAYS = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array };

const unpack = (buffer) => {
  const length = new DataView(buffer).getUint32(0, true);
  const { arrays, ...header } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  for (const { name, dtype, shape, at } of arrays) {
    const size = shape.reduce((product, side) => product * side, 1);
    header[name] = { shape, values: new ARRAYS[dtype](buffer, 4 + length + at, size) };
  }
  return header;
};

class Measured {
  constructor(address) {
    this.address = address;
  }

  async ask(what, query, signal) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const parameters = new URLSearchParams([["what", what], ...given.map(([name, value]) => [name, String(value)])]);
    const answer = await fetch(`${this.address}?${parameters}`, { signal });
    if (!answer.ok) throw new Error((await answer.text()).trim() || `The server answered ${answer.status}.`);
    return unpack(await answer.arrayBuffer());
  }

  // Tells the fraction that is done, every half second, until the signal says stop.
  async follow(tell, signal) {
    while (!signal.aborted) {
      await new Promise((done) => setTimeout(done, 500));
      if (signal.aborted) return;
      try {
        const answer = await fetch(`${this.address}?what=progress`, { signal });
        const { done } = await answer.json();
        if (done !== null && !signal.aborted) tell(done);
      } catch {
        return;
      }
    }
  }
}

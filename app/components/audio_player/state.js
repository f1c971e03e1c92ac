// The state of a player as texts of the address, and back. What cannot be read is left out and told.

const SOUND_KEYS = ["t", "rate", "loop", "win", "ch", "freq", "floor", "mute"];

const secondsText = (secs) => String(Number(secs.toFixed(6)));

const readRange = (text, rate, frames) => {
  const found = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)(,once)?$/.exec(text);
  if (!found) return null;
  const [from, to] = [Number(found[1]) * rate, Number(found[2]) * rate].map((frame) => Math.min(frames, Math.round(frame)));
  return to > from ? { from, to, once: Boolean(found[3]) } : null;
};

// Returns the state, and the names of what was ignored.
const readSoundState = (given, { rate, frames, channels }) => {
  const state = { at: 0, speed: 1, selection: null, repeat: false, win: null, channel: null, frequency: "log", floor: -100, silent: new Set() };
  const readers = {
    t: (text) => /^\d+(\.\d+)?$/.test(text) && Number(text) * rate <= frames && ((state.at = Number(text) * rate), true),
    rate: (text) => SPEEDS.includes(Number(text)) && ((state.speed = Number(text)), true),
    loop: (text) => {
      if (text === "all") return (state.repeat = true);
      state.selection = readRange(text, rate, frames);
      state.repeat = Boolean(state.selection) && !state.selection.once;
      return Boolean(state.selection);
    },
    win: (text) => Boolean((state.win = readRange(text, rate, frames))),
    ch: (text) => /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= channels && ((state.channel = Number(text) - 1), true),
    freq: (text) => ["log", "lin"].includes(text) && ((state.frequency = text), true),
    floor: (text) => FLOORS.includes(Number(text)) && ((state.floor = Number(text)), true),
    mute: (text) => {
      const numbers = text.split(",").map(Number);
      const good = numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= channels);
      if (good) state.silent = new Set(numbers.map((number) => number - 1));
      return good;
    },
  };
  const ignored = Object.entries(given).filter(([name, text]) => !readers[name](text)).map(([name, text]) => `${name}=${text}`);
  return { state, ignored };
};

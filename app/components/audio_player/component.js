// The class lies in player.js, its two halves in painting.js and listening.js.

export default mountView(AudioPlayer);

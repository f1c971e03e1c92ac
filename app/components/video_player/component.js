// The class lies in player.js and listening.js, the two ways to play in element_engine.js and frame_engine.js.

export default mountView(VideoPlayer);

// The scene on the graphics card. Points are drawn in portions: the first is a fair sample, because the server shuffled
// them; the rest follows while the picture stands still, onto the same picture.

class SceneGpu {
  constructor(canvas, scene) {
    this.scene = scene;
    const gl = (this.gl = canvas.getContext("webgl2", { antialias: !scene.points || scene.points.n < 20000, preserveDrawingBuffer: true }));
    if (!gl) throw new NoWebGL();
    this.programs = {
      point: makeProgram(gl, POINT_VERTEX, POINT_FRAGMENT),
      mesh: makeProgram(gl, MESH_VERTEX, MESH_FRAGMENT),
      line: makeProgram(gl, LINE_VERTEX, FLAT_FRAGMENT),
      edge: makeProgram(gl, EDGE_VERTEX, FLAT_FRAGMENT),
    };
    this.lines = { scene: this.lineSet(), halo: this.lineSet(), grid: this.lineSet() };
    if (scene.points) this.uploadPoints();
    if (scene.mesh) this.uploadMesh();
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LEQUAL);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  array(data, target = this.gl.ARRAY_BUFFER) {
    const buffer = this.gl.createBuffer();
    this.gl.bindBuffer(target, buffer);
    this.gl.bufferData(target, data, this.gl.STATIC_DRAW);
    return buffer;
  }

  attribute(place, size, kind, normalised = false, stride = 0, offset = 0, divisor = 0) {
    this.gl.enableVertexAttribArray(place);
    this.gl.vertexAttribPointer(place, size, kind, normalised, stride, offset);
    this.gl.vertexAttribDivisor(place, divisor);
  }

  uploadPoints() {
    const { gl, scene } = this;
    this.points = gl.createVertexArray();
    gl.bindVertexArray(this.points);
    this.array(scene.points.xyz);
    this.attribute(0, 3, gl.FLOAT);
    this.pointColours = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.pointColours);
    this.attribute(1, 4, gl.UNSIGNED_BYTE, true);
    gl.bindVertexArray(null);
  }

  uploadMesh() {
    const { gl } = this;
    const { mesh, textures } = this.scene;
    this.mesh = gl.createVertexArray();
    gl.bindVertexArray(this.mesh);
    const places = this.array(mesh.xyz);
    this.attribute(0, 3, gl.FLOAT);
    this.meshColours = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.meshColours);
    this.attribute(1, 4, gl.UNSIGNED_BYTE, true);
    this.array(mesh.normals);
    this.attribute(2, 4, gl.INT_2_10_10_10_REV, true);
    if (mesh.uv) {
      this.array(mesh.uv);
      this.attribute(3, 2, gl.FLOAT);
    }
    this.fine = this.array(mesh.index, gl.ELEMENT_ARRAY_BUFFER);
    gl.bindVertexArray(null); // the next index is not part of it
    this.coarse = mesh.coarse ? this.array(mesh.coarse.index, gl.ELEMENT_ARRAY_BUFFER) : null;
    this.wires = null; // made when edges are asked for
    this.places = places;
    this.blank = this.texture({ width: 1, height: 1, pixels: new Uint8Array([255, 255, 255, 255]) });
    this.textures = textures.map((item) => this.texture(item));
    gl.bindVertexArray(null);
  }

  lineIndex(places, index) {
    const { gl } = this;
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, places);
    this.attribute(0, 3, gl.FLOAT);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.meshColours);
    this.attribute(1, 4, gl.UNSIGNED_BYTE, true);
    this.array(index, gl.ELEMENT_ARRAY_BUFFER);
    gl.bindVertexArray(null);
    return { array, count: index.length };
  }

  texture({ width, height, pixels }) {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    return texture;
  }

  lineSet() {
    const { gl } = this;
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    this.attribute(0, 3, gl.FLOAT, false, 28, 0, 1);
    this.attribute(1, 3, gl.FLOAT, false, 28, 12, 1);
    this.attribute(2, 4, gl.UNSIGNED_BYTE, true, 28, 24, 1);
    gl.bindVertexArray(null);
    return { array, buffer, count: 0 };
  }

  // Segments: from, to, colour (4 bytes) each; `data` is an ArrayBuffer of 28 bytes a segment.
  setLines(name, data) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.lines[name].buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
    this.lines[name].count = data.byteLength / 28;
  }

  setColours(points, mesh) {
    const { gl } = this;
    for (const [buffer, colours] of [[this.pointColours, points], [this.meshColours, mesh]]) {
      if (!buffer || !colours) continue;
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, colours, gl.STATIC_DRAW);
    }
  }

  // -- frames ------------------------------------------------------------------------------------------------------

  // Everything but the points.
  begin(frame) {
    const { gl } = this;
    this.frame = frame;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (frame.grid) this.drawLines("grid", 1 * frame.ratio);
    frame.coarse &&= frame.edges !== "only" && this.coarse !== null;
    if (this.mesh && frame.edges !== "only") this.drawFaces(false);
    if (this.mesh) this.drawEdges();
    this.drawLines("halo", 4 * frame.ratio);
    this.drawLines("scene", 2 * frame.ratio);
    if (this.mesh && frame.edges !== "only") this.drawFaces(true);
  }

  drawPoints(from, to) {
    if (!this.points || to <= from) return;
    const { gl, frame } = this;
    const { program, at } = this.programs.point;
    gl.useProgram(program);
    gl.uniformMatrix4fv(at("matrix"), false, frame.matrix);
    gl.uniform1f(at("size"), frame.pointSize * frame.ratio);
    gl.bindVertexArray(this.points);
    gl.drawArrays(gl.POINTS, from, to - from);
  }

  drawFaces(translucent) {
    const { gl, frame, scene } = this;
    const groups = (frame.coarse ? scene.mesh.coarse : scene.mesh).groups.filter((group) => group.translucent === translucent && group.count);
    if (!groups.length) return;
    const { program, at } = this.programs.mesh;
    gl.useProgram(program);
    gl.uniformMatrix4fv(at("matrix"), false, frame.matrix);
    for (const name of ["eye", "back", "light"]) gl.uniform3fv(at(name), frame[name]);
    gl.uniform1f(at("parallel"), frame.ortho ? 1 : 0);
    gl.uniform1i(at("shading"), ["unlit", "flat", "smooth"].indexOf(frame.shade));
    gl.uniform1f(at("translucent"), translucent ? 1 : 0);
    gl[frame.sides ? "disable" : "enable"](gl.CULL_FACE);
    if (translucent) {
      gl.enable(gl.BLEND);
      gl.depthMask(false);
    }
    gl.bindVertexArray(this.mesh);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, frame.coarse ? this.coarse : this.fine);
    for (const group of merged(groups, frame.textured)) {
      const texture = frame.textured && group.texture !== null ? this.textures[group.texture] : null;
      gl.bindTexture(gl.TEXTURE_2D, texture ?? this.blank);
      gl.uniform1f(at("textured"), texture ? 1 : 0);
      gl.drawElements(gl.TRIANGLES, group.count, gl.UNSIGNED_INT, group.start * 4);
    }
    gl.disable(gl.BLEND);
    gl.depthMask(true);
    gl.disable(gl.CULL_FACE);
  }

  drawEdges() {
    const { gl, frame } = this;
    if (frame.edges === "off" || frame.coarse) return;
    this.wires ??= this.lineIndex(this.places, wireIndex(this.scene.mesh.index));
    const { program, at } = this.programs.edge;
    gl.useProgram(program);
    gl.uniformMatrix4fv(at("matrix"), false, frame.matrix);
    gl.uniform4fv(at("ink"), frame.ink);
    gl.uniform1f(at("alone"), frame.edges === "only" ? 1 : 0);
    gl.bindVertexArray(this.wires.array);
    gl.drawElements(gl.LINES, this.wires.count, gl.UNSIGNED_INT, 0);
  }

  drawLines(name, width) {
    const { gl, frame } = this;
    const set = this.lines[name];
    if (!set.count) return;
    const { program, at } = this.programs.line;
    gl.useProgram(program);
    gl.uniformMatrix4fv(at("matrix"), false, frame.matrix);
    gl.uniform2f(at("stage"), gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.uniform1f(at("width"), width);
    gl.enable(gl.BLEND);
    gl.bindVertexArray(set.array);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, set.count);
    gl.disable(gl.BLEND);
  }

  // Waits until all is drawn: reading a pixel needs the picture.
  finish() {
    this.gl.readPixels(0, 0, 1, 1, this.gl.RGBA, this.gl.UNSIGNED_BYTE, (this.pixel ??= new Uint8Array(4)));
  }

  // Browsers allow some 16 pictures of this kind a page; one that is gone must not count.
  close() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

class NoWebGL extends Error {}

// Neighbouring groups that look the same are drawn at once: scenes of thousands of parts have few textures.
const merged = (groups, textured) => {
  const out = [];
  for (const group of groups) {
    const last = out.at(-1);
    const texture = textured ? group.texture : null;
    if (last && last.texture === texture && last.start + last.count === group.start) last.count += group.count;
    else out.push({ start: group.start, count: group.count, texture });
  }
  return out;
};

const wireIndex = (index) => {
  const out = new Uint32Array(index.length * 2);
  for (let i = 0, k = 0; i < index.length; i += 3) {
    const [a, b, c] = [index[i], index[i + 1], index[i + 2]];
    out[k++] = a;
    out[k++] = b;
    out[k++] = b;
    out[k++] = c;
    out[k++] = c;
    out[k++] = a;
  }
  return out;
};

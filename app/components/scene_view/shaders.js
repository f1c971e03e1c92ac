// The three programs of the graphics card, and how they are made.

const POINT_VERTEX = `#version 300 es
layout(location = 0) in vec3 place;
layout(location = 1) in vec4 colour;
uniform mat4 matrix;
uniform float size;
out vec4 shade;
void main() {
  shade = colour;
  gl_Position = colour.a == 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : matrix * vec4(place, 1.0); // off: outside what is seen
  gl_PointSize = size;
}`;

const POINT_FRAGMENT = `#version 300 es
precision highp float;
in vec4 shade;
uniform float size;
out vec4 result;
void main() {
  if (size > 3.5) { // round, as soon as that can be seen
    vec2 from = gl_PointCoord * 2.0 - 1.0;
    if (dot(from, from) > 1.0) discard;
  }
  result = vec4(shade.rgb, 1.0);
}`;

const MESH_VERTEX = `#version 300 es
layout(location = 0) in vec3 place;
layout(location = 1) in vec4 colour;
layout(location = 2) in vec4 normal;
layout(location = 3) in vec2 uv;
uniform mat4 matrix;
out vec4 shade;
out vec3 where;
out vec3 direction;
out vec2 at;
void main() {
  shade = colour;
  where = place;
  direction = normal.xyz;
  at = uv;
  gl_Position = matrix * vec4(place, 1.0);
}`;

// shading: 0 unlit, 1 flat (the face's own plane), 2 smooth. Light comes from beside the eye; both sides are lit.
const MESH_FRAGMENT = `#version 300 es
precision highp float;
in vec4 shade;
in vec3 where;
in vec3 direction;
in vec2 at;
uniform vec3 eye;
uniform vec3 back;
uniform vec3 light;
uniform float parallel;
uniform int shading;
uniform float textured;
uniform float translucent;
uniform sampler2D picture;
out vec4 result;
void main() {
  vec4 colour = shade * mix(vec4(1.0), texture(picture, at), textured);
  if (translucent < 0.5 && textured > 0.5 && colour.a < 0.5) discard;
  if (shading > 0) {
    vec3 plane = cross(dFdx(where), dFdy(where));
    vec3 n = shading == 2 && dot(direction, direction) > 0.0 ? normalize(direction) : normalize(plane + vec3(1e-30));
    vec3 towards = parallel > 0.5 ? back : normalize(eye - where);
    if (dot(n, towards) < 0.0) n = -n;
    float lit = 0.34 + 0.5 * max(dot(n, light), 0.0) + 0.2 * max(dot(n, towards), 0.0);
    colour.rgb *= min(lit, 1.0);
  }
  float alpha = translucent > 0.5 ? colour.a : 1.0;
  result = vec4(colour.rgb * alpha, alpha);
}`;

// A segment is a strip of two triangles, as wide in pixels wherever it is; WebGL's own lines are one pixel thin.
const LINE_VERTEX = `#version 300 es
layout(location = 0) in vec3 from;
layout(location = 1) in vec3 to;
layout(location = 2) in vec4 colour;
uniform mat4 matrix;
uniform vec2 stage;
uniform float width;
out vec4 shade;
void main() {
  vec4 a = matrix * vec4(from, 1.0);
  vec4 b = matrix * vec4(to, 1.0);
  float da = a.z + a.w, db = b.z + b.w; // negative before the near plane: cut there
  if (da < 0.0 && db >= 0.0) a = mix(a, b, (-da + 1e-6) / (db - da));
  else if (db < 0.0 && da >= 0.0) b = mix(b, a, (-db + 1e-6) / (da - db));
  vec2 along = (b.xy / b.w - a.xy / a.w) * stage;
  vec2 across = length(along) > 0.0 ? normalize(vec2(-along.y, along.x)) : vec2(0.0, 1.0);
  vec4 end = gl_VertexID < 2 ? a : b;
  float side = (gl_VertexID & 1) == 0 ? 1.0 : -1.0;
  end.xy += across * side * width / stage * end.w;
  end.z -= 2e-5 * end.w; // over the face that it bounds
  shade = colour;
  gl_Position = da < 0.0 && db < 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : end;
}`;

const FLAT_FRAGMENT = `#version 300 es
precision highp float;
in vec4 shade;
out vec4 result;
void main() { result = vec4(shade.rgb * shade.a, shade.a); }`;

// Edges over faces are in one ink; alone they have the colours of their vertices.
const EDGE_VERTEX = `#version 300 es
layout(location = 0) in vec3 place;
layout(location = 1) in vec4 colour;
uniform mat4 matrix;
uniform vec4 ink;
uniform float alone;
out vec4 shade;
void main() {
  shade = mix(ink, vec4(colour.rgb, 1.0), alone);
  gl_Position = matrix * vec4(place, 1.0);
  gl_Position.z -= 2e-5 * gl_Position.w;
}`;

const makeProgram = (gl, vertex, fragment) => {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`The graphics card refused a program: ${gl.getProgramInfoLog(program)}`);
  }
  const places = new Map();
  return {
    program,
    at: (name) => {
      if (!places.has(name)) places.set(name, gl.getUniformLocation(program, name));
      return places.get(name);
    },
  };
};

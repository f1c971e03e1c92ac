// The whole drawing as an SVG file: every box and every edge, whatever is on the stage now.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

const svgPart = (name, attributes, text) => {
  const part = document.createElementNS(SVG_NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
  if (text !== undefined) part.textContent = text;
  return part;
};

class SvgPen {
  constructor() {
    this.d = "";
  }

  moveTo(x, y) {
    this.d += `M${x} ${y}`;
  }

  lineTo(x, y) {
    this.d += `L${x} ${y}`;
  }

  bezierCurveTo(...numbers) {
    this.d += `C${numbers.join(" ")}`;
  }
}

const networkAsSvg = (network, painter, palette, title) => {
  const colours = painter.colours();
  const margin = 24;
  const { boxes } = network;
  const svg = svgPart("svg", { xmlns: SVG_NAMESPACE, width: network.width + 2 * margin, height: network.height + 2 * margin, viewBox: `${-margin} ${-margin} ${network.width + 2 * margin} ${network.height + 2 * margin}`, "font-family": "sans-serif" });
  svg.append(svgPart("title", {}, title), svgPart("rect", { x: -margin, y: -margin, width: "100%", height: "100%", fill: colours.bg }));
  const edges = svgPart("g", { fill: "none", stroke: colours.text, "stroke-opacity": 0.5 });
  for (const edge of network.edges) {
    const pen = new SvgPen();
    if (edge[2] & TO_ITSELF) painter.loop(pen, edge[0]);
    else traceEdge(edge, pen, network);
    const path = svgPart("path", { class: "edge", d: pen.d });
    if (edge[2] & LEADS_UP) path.setAttribute("stroke-dasharray", "6 4");
    edges.append(path);
  }
  svg.append(edges);
  for (let i = 0; i < network.count; i++) {
    const group = svgPart("g", { class: "node", transform: `translate(${boxes.x[i]} ${boxes.y[i]})` });
    const [left, top] = [-boxes.w[i] / 2, -boxes.h / 2];
    group.append(
      svgPart("rect", { x: left, y: top, width: boxes.w[i], height: boxes.h, rx: 6, fill: colours.bg, stroke: colours.muted }),
      svgPart("rect", { x: left, y: top + 4, width: 5, height: boxes.h - 8, fill: boxColour(boxes.kind[i], palette, colours) }),
      svgPart("text", { "text-anchor": "middle", y: boxes.sub[i] ? -3 : 4, "font-size": 12, "font-weight": 600, fill: colours.text }, boxes.label[i]),
    );
    if (boxes.sub[i]) group.append(svgPart("text", { "text-anchor": "middle", y: 12, "font-size": 10.5, fill: colours.muted }, boxes.sub[i]));
    svg.append(group);
  }
  return new XMLSerializer().serializeToString(svg);
};

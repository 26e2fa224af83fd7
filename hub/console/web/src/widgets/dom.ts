// Elements by name, attributes and children. Text never becomes markup.
type Child = Node | string | null | false | undefined;
type Attributes = Record<string, string | number | boolean | (() => void) | undefined>;

const SVG = "http://www.w3.org/2000/svg";

function fill<Made extends Element>(made: Made, attributes: Attributes, children: Child[]): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((each): each is Node | string => Boolean(each)));
  return made;
}

export const element = (name: string, attributes: Attributes = {}, ...children: Child[]) =>
  fill(document.createElement(name), attributes, children);

export const svg = (name: string, attributes: Attributes = {}, ...children: Child[]) =>
  fill(document.createElementNS(SVG, name), attributes, children);

// Makes a realm that nothing can be left behind in: runs once, before any code of a program.
//
// Afterwards every object that comes with the language is frozen, the global one too, so that a
// program finds them as it found them the last time. What would tell two runs with the same input
// apart (clocks, randomness, garbage collection, threads) is taken away.
(function (global) {
  "use strict";
  for (const name of ["Atomics", "FinalizationRegistry", "SharedArrayBuffer", "WeakRef", "WebAssembly"]) {
    delete global[name];
  }
  delete Math.random;

  // `error.name = "…"` and `object.toString = …` work as anywhere: assigned to an object that
  // inherits the property, which a frozen one would refuse.
  const errors = ["", "Aggregate", "Eval", "Internal", "Range", "Reference", "Syntax", "Type", "URI"];
  for (const object of [Object.prototype, ...errors.map((kind) => global[kind + "Error"].prototype)]) {
    for (const key of Reflect.ownKeys(object)) {
      const { value, get } = Object.getOwnPropertyDescriptor(object, key);
      if (get) continue;
      Object.defineProperty(object, key, {
        get() { return value; },
        set(own) {
          if (Object(this) !== this) return;
          const property = { value: own, writable: true, enumerable: true, configurable: true };
          Object.defineProperty(this, key, property);
        },
      });
    }
  }

  // Objects that only syntax leads to.
  const proto = Object.getPrototypeOf;
  const found = [
    global, proto([][Symbol.iterator]()), proto(new Map()[Symbol.iterator]()),
    proto(new Set()[Symbol.iterator]()), proto(""[Symbol.iterator]()), proto("".matchAll(/x/g)),
    proto(function* () {}), proto(async function () {}), proto(async function* () {}),
    Object.getOwnPropertyDescriptor(function () { "use strict"; return arguments; }(), "callee").get,
  ];
  const all = new Set();
  while (found.length > 0) {
    const object = found.pop();
    if (Object(object) !== object || all.has(object)) continue;
    all.add(object);
    found.push(proto(object));
    for (const key of Reflect.ownKeys(object)) {
      const { value, get, set } = Object.getOwnPropertyDescriptor(object, key);
      found.push(value, get, set);
    }
  }

  for (const object of all) Object.freeze(object);
});

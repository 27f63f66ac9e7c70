// Drawing that leaves the browser to its user, however often something changes.

const share = 0.05; // of the browser's time that drawing may take,
const longestRest = 5000; // ms, unless what is shown would be older than this

// paced returns a function that has draw called soon, once for many calls. The time that draw and showing the result took decides when the
// next call may be.
export function paced(draw) {
  let asked = false;
  let busy = false;
  let rested = 0; // when the next drawing may begin, by performance.now()
  const start = () => {
    busy = true;
    setTimeout(() => {
      asked = false;
      const begun = performance.now();
      draw();
      requestAnimationFrame(() => setTimeout(() => { // the result is on the screen
        const now = performance.now();
        rested = now + Math.min(longestRest, (now - begun) * (1 / share - 1));
        busy = false;
        if (asked) start();
      }));
    }, Math.max(0, rested - performance.now()));
  };
  return () => {
    asked = true;
    if (!busy) start();
  };
}

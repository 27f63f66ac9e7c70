package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// tab is a page in a real browser, controlled by the DevTools protocol over two pipes.
type tab struct {
	t       testing.TB
	out     io.Writer
	session string
	loaded  chan struct{}
	until   time.Time // deadline of the current operation; zero: patience after its begin

	mu      sync.Mutex
	last    int
	answers map[int]chan message
	wrong   []string // exceptions of the page, and what its policy refused
}

type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// patience is how long a test waits for anything in a browser. It is so long that only a fault takes longer, also on slow machines.
const patience = 90 * time.Second

// during lets a part of a test use the tab, for at most the given time; 0 is without limit. A failure in it fails only that part.
func (b *tab) during(t testing.TB, most time.Duration) {
	whole := b.t
	b.t = t
	if most > 0 {
		b.until = time.Now().Add(most)
	}
	t.Cleanup(func() { b.t, b.until = whole, time.Time{} })
}

// left returns the time limit for an operation that begins now.
func (b *tab) left() time.Duration {
	if b.until.IsZero() {
		return patience
	}
	return max(0, min(patience, time.Until(b.until)))
}

// openTab starts a browser that ends with the test, on a screen of the given width.
func openTab(t testing.TB, width int) *tab {
	t.Helper()
	if os.Getenv("GUILD_SLOW") == "" {
		t.Skip("a real browser: GUILD_SLOW=1 runs it")
	}
	exe, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("Chromium is not installed")
	}
	fromUs, out, err := os.Pipe()
	must(t, err)
	in, toUs, err := os.Pipe()
	must(t, err)
	browser := exec.CommandContext(t.Context(), exe, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
		"--user-data-dir="+t.TempDir(), "about:blank")
	var printed strings.Builder
	browser.Stderr = &printed                     // inherited by all processes of the browser: once it is closed, none is left that could write files
	browser.ExtraFiles = []*os.File{fromUs, toUs} // file descriptors 3 and 4 of the browser
	must(t, browser.Start())
	must(t, fromUs.Close())
	must(t, toUs.Close())
	b := &tab{t: t, out: out, answers: map[int]chan message{}, loaded: make(chan struct{}, 1)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.listen(in)
	}()
	t.Cleanup(func() {
		_, _ = fmt.Fprint(out, `{"id":1000000,"method":"Browser.close"}`+"\x00") // the browser may have ended
		_ = browser.Wait()
		out.Close()
		<-ended
		in.Close()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, text := range b.wrong {
			t.Errorf("the page: %s", text)
		}
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		b.call(domain+".enable", nil, nil)
	}
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 700}, nil)
	return b
}

func (b *tab) listen(in io.Reader) {
	r := bufio.NewReader(in)
	for {
		data, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(data[:len(data)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		if answer := b.answers[m.ID]; answer != nil {
			answer <- m
			delete(b.answers, m.ID)
		}
		if m.Method == "Runtime.exceptionThrown" || m.Method == "Log.entryAdded" && strings.Contains(string(m.Params), `"security"`) {
			b.wrong = append(b.wrong, string(m.Params))
		}
		b.mu.Unlock()
		if m.Method == "Page.loadEventFired" {
			select {
			case b.loaded <- struct{}{}:
			default:
			}
		}
	}
}

// call sends a command to the browser, and decodes the response into v unless v is nil.
func (b *tab) call(method string, params, v any) {
	b.t.Helper()
	answer := make(chan message, 1)
	b.mu.Lock()
	b.last++
	request := map[string]any{"id": b.last, "method": method}
	b.answers[b.last] = answer
	b.mu.Unlock()
	if b.session != "" {
		request["sessionId"] = b.session
	}
	if params != nil {
		request["params"] = params
	}
	data, err := json.Marshal(request)
	must(b.t, err)
	_, err = b.out.Write(append(data, 0))
	must(b.t, err)
	select {
	case m := <-answer:
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error.Message)
		}
		if v != nil {
			must(b.t, json.Unmarshal(m.Result, v))
		}
	case <-time.After(b.left()):
		b.t.Fatalf("%s: no answer", method)
	}
}

// eval returns the value of an expression in the page, or of the promise that it returns.
func (b *tab) eval(expr string) any {
	b.t.Helper()
	var out struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expr, "awaitPromise": true, "returnByValue": true}, &out)
	if out.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expr, out.ExceptionDetails)
	}
	return out.Result.Value
}

// await waits until a condition holds in the page.
func (b *tab) await(condition string) {
	b.t.Helper()
	ok := b.eval(fmt.Sprintf(`new Promise((done) => {
		const from = Date.now();
		const look = () => {
			if (%s) done(true);
			else if (Date.now() - from > %d) done(false);
			else setTimeout(look, 20);
		};
		look();
	})`, condition, (b.left() * 9 / 10).Milliseconds())) // leaves time to report what the page shows instead
	if ok != true {
		b.t.Fatalf("does not come true: %s\nthe page: %.2000v", condition, b.eval("document.body.innerText"))
	}
}

// open goes to an address, and waits until what is there has been loaded.
func (b *tab) open(url string) {
	b.t.Helper()
	select {
	case <-b.loaded:
	default:
	}
	var went struct{ LoaderID string }
	b.call("Page.navigate", map[string]any{"url": url}, &went)
	if went.LoaderID == "" { // the same page with another fragment
		return
	}
	select {
	case <-b.loaded:
	case <-time.After(b.left()):
		b.t.Fatalf("%s is not loaded", url)
	}
}

// keys presses keys: a name, or a text of one character each.
func (b *tab) keys(list ...string) {
	b.t.Helper()
	for _, key := range list {
		down := map[string]any{"type": "keyDown", "key": key}
		if code := map[string]int{"Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40, "ArrowLeft": 37, "ArrowRight": 39, "Tab": 9}[key]; code != 0 {
			down["windowsVirtualKeyCode"] = code
			if key == "Enter" {
				down["text"] = "\r"
			}
		} else {
			down["text"] = key
		}
		b.call("Input.dispatchKeyEvent", down, nil)
		b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key}, nil)
	}
}

func (b *tab) typeText(text string) {
	b.t.Helper()
	b.call("Input.insertText", map[string]any{"text": text}, nil)
}

// prefers sets the theme of the system: light or dark.
func (b *tab) prefers(theme string) {
	b.t.Helper()
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": theme}}}, nil)
}

// forgetRefusals is for tests in which the page's policy has to refuse something.
func (b *tab) forgetRefusals() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrong = nil
}

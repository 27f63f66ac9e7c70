package view

import (
	"strings"

	"guild/runs/console/screen"
)

// help lists the keys.
const help = `Keys

  up down k j        move by a run; PgUp and PgDn by a page, Home and End to the ends
  left right h l     move by a column
  1 s                sort by the column, the lowest first
  2 S                sort by the column, the highest first
  0                  sort as the runs are: the latest started first
  /                  show the runs that have a text somewhere
  f                  show the runs for which an expression holds, as 'guild runs --filter' takes it
  c                  choose the columns
  x X                hide the column; show all
  Enter              show all that is known of the run
  r                  read the runs again
  u                  stop or go on keeping the table up to date
  ?                  show the keys
  q Ctrl-C           leave; Esc and q leave what is in front of the table`

// Press handles a key, by its name in Bubble Tea, and returns what the caller is to do.
func (v *View) Press(key string) Action {
	v.message = ""
	if key == "ctrl+c" {
		return Quit
	}
	switch v.mode {
	case modeSearch, modeExpr:
		return v.pressTyping(key)
	case modeColumns:
		v.pressColumns(key)
		return None
	case modeText:
		if v.text.Press(key) {
			v.mode = modeTable
		}
		return None
	}
	return v.pressTable(key)
}

func (v *View) pressTable(key string) Action {
	switch key {
	case "q":
		return Quit
	case "r":
		return Reload
	case "u":
		v.Live = !v.Live
	case "?":
		v.show(help)
	case "enter":
		if r := v.current(); r != nil {
			v.show(v.Detail(r))
		}
	case "/":
		v.mode, v.typed = modeSearch, v.search
	case "f":
		v.mode, v.typed = modeExpr, v.Expr
	case "c":
		v.mode, v.scroll = modeColumns, 0
	case "x":
		v.hide(v.heading(), true)
	case "X":
		v.hidden = nil
	case "1", "s":
		v.sort(v.heading(), false)
	case "2", "S":
		v.sort(v.heading(), true)
	case "0":
		v.sort("", false)
	default:
		v.move(key)
	}
	v.clamp()
	return None
}

func (v *View) move(key string) {
	v.row += screen.Step(key, v.page, len(v.order))
	switch key {
	case "left", "h":
		v.col--
	case "right", "l":
		v.col++
	}
}

func (v *View) sort(heading string, highest bool) {
	v.sortBy, v.highest = heading, highest
	v.arrange()
}

func (v *View) hide(heading string, yes bool) {
	if v.hidden == nil {
		v.hidden = map[string]bool{}
	}
	v.hidden[heading] = yes
}

// pressTyping handles a key while the user types a text. A search applies at each key, a filter expression at Enter. Esc clears the
// search, and keeps the expression that was there before.
func (v *View) pressTyping(key string) Action {
	search := v.mode == modeSearch
	switch key {
	case "enter", "esc":
		v.mode = modeTable
		if !search && key == "enter" {
			v.Expr = strings.TrimSpace(v.typed)
			return Reload
		}
		if key == "esc" {
			v.typed = ""
		}
	default:
		v.typed = screen.Typed(v.typed, key)
	}
	if search {
		v.searchTyped()
	}
	return None
}

// Paste puts a text behind the one that is being typed, if any.
func (v *View) Paste(text string) {
	switch v.mode {
	case modeSearch:
		v.typed = screen.Pasted(v.typed, text)
		v.searchTyped()
	case modeExpr:
		v.typed = screen.Pasted(v.typed, text)
	}
}

func (v *View) searchTyped() {
	v.search = v.typed
	v.arrange()
	v.clamp()
}

// pressColumns handles a key in the list of columns. The id column is not in the list, since it is always visible.
func (v *View) pressColumns(key string) {
	headings := v.table.Header[min(1, len(v.table.Header)):]
	switch key {
	case "q", "esc", "enter", "c":
		v.mode = modeTable
		v.clamp()
		return
	case "space", "x":
		if v.scroll < len(headings) {
			v.hide(headings[v.scroll], !v.hidden[headings[v.scroll]])
		}
		return
	case "X", "a":
		v.hidden = nil
		return
	}
	v.scroll = max(0, min(v.scroll+screen.Step(key, v.page, len(headings)), len(headings)-1))
}

// show displays a text in place of the table.
func (v *View) show(text string) { v.mode, v.text = modeText, screen.NewPage(text) }

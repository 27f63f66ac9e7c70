package listing

import "testing"

func TestProjectMark(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	tests := []struct{ project, cwd, want string }{
		{"", "/p", ""},
		{"/p", "/p", ""},
		{"/p", "/p/a", "../"},
		{"/p/a", "/p", "a"},
		{"/p/a/b", "/p", "a/b"},
		{"/p/a/b", "/p/a", "b"},
		{"/x/p/b", "/x/p/a", "../b"},
		{"/x/p/b/c", "/x/p/a", "../b/c"},
		{"/x/p", "/x/p/a/b", "/x/p"},
		{"/x/pp", "/x/p", "../pp"},
		{"/tmp/p", "/home", "/tmp/p"},
		{"/p", "/", "p"},
		{"/home/me/p", "/tmp", "~/p"},
		{"/home/me", "/tmp", "~"},
		{"/home/mercury/p", "/tmp/a", "/home/mercury/p"},
		{"/somewhere/very/far/away/from/here/project", "/tmp", "/somewhere/…/here/project"},
	}
	for _, tt := range tests {
		if got := projectMark(tt.project, tt.cwd); got != tt.want {
			t.Errorf("%s seen from %s: %q, want %q", tt.project, tt.cwd, got, tt.want)
		}
	}
}

func TestShorten(t *testing.T) {
	tests := []struct {
		path  string
		limit int
		want  string
	}{
		{"/ab/cd/ef", 20, "/ab/cd/ef"},
		{"abc", 0, "abc"},
		{"/a/b", 0, "/a/b"},
		{"/abc/def/ghi", 0, "/…/ghi"},
		{"/abc/def/ghi", 12, "/abc/def/ghi"},
		{"/abc/defg/hij", 12, "/abc/…/hij"},
		{"/abc/defg/hijk/lmn", 17, "/abc/…/hijk/lmn"},
		{"/abc/defg/hijk/lmn", 12, "/abc/…/lmn"},
		{"/abc/defg/hijk/lmn", 0, "/…/lmn"},
		{"abc/defg/hijk/lmn", 15, "abc/…/hijk/lmn"},
		{"abc/defg/hijk/lmn", 11, "abc/…/lmn"},
		{"abc/defg/hijk/lmn", 0, "abc/…/lmn"},
		{"/äöü/defg/hijk/lmn", 12, "/äöü/…/lmn"},
	}
	for _, tt := range tests {
		if got := shorten(tt.path, tt.limit); got != tt.want {
			t.Errorf("%s to %d: %q, want %q", tt.path, tt.limit, got, tt.want)
		}
	}
}

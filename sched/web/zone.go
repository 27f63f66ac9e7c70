package web

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"guild/runs/plainfile"
)

// zoneName is the name of this host's time zone, as browsers know it: Europe/Berlin, or an offset such as +02:00 where it has no name.
// Comparisons come with times in this zone, so a page that showed others in the browser's would show two times of one run.
var zoneName = sync.OnceValue(func() string {
	return nameOfZone(os.Getenv("TZ"), "/etc/localtime", "/etc/timezone")
})

// nameOfZone looks where systems keep the name: in the variable, in where the link leads, or in the file.
func nameOfZone(variable, link, file string) string {
	name := strings.TrimPrefix(variable, ":")
	if target, err := filepath.EvalSymlinks(link); name == "" && err == nil {
		_, name, _ = strings.Cut(target, "/zoneinfo/")
	}
	if data, err := plainfile.Read(file); name == "" && err == nil {
		name = strings.TrimSpace(string(data))
	}
	if _, err := time.LoadLocation(name); name != "" && name != "Local" && err == nil {
		return name
	}
	if _, offset := time.Now().Zone(); offset == 0 {
		return "UTC"
	}
	return time.Now().Format("-07:00")
}

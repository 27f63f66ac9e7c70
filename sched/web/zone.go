package web

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"guild/runs/plainfile"
)

// zoneName is the name of this host's time zone, as browsers know it, such as Europe/Berlin, or an offset such as +02:00 if it has no name.
// Comparisons contain times in this zone; if the page used the browser's zone, it would show two different times for one run.
var zoneName = sync.OnceValue(func() string {
	return nameOfZone(os.Getenv("TZ"), "/etc/localtime", "/etc/timezone")
})

// nameOfZone looks for the name where systems keep it: in the variable, in the target of the link, or in the file.
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

package python

import (
	"os"
	"slices"
	"strings"
)

// Packages returns the installed packages as NAME==VERSION, sorted without regard to case. It reads them from the names in the site
// directories, without starting Python. If several directories have a package, the first one counts.
func Packages(info Info) []string {
	versions := map[string]string{}
	var names []string
	for _, dir := range info.SiteDirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // a directory of the path need not exist
		}
		for _, e := range entries {
			name, version, ok := packageName(e.Name())
			key := strings.ToLower(strings.ReplaceAll(name, "-", "_"))
			if _, known := versions[key]; !ok || known {
				continue
			}
			versions[key] = name + "==" + version
			names = append(names, key)
		}
	}
	slices.Sort(names)
	for i, key := range names {
		names[i] = versions[key]
	}
	return names
}

// packageName splits NAME-VERSION.dist-info or NAME-VERSION[-pyX.Y].egg-info. A name with ~ is left over from an interrupted
// installation.
func packageName(entry string) (name, version string, ok bool) {
	base, isDist := strings.CutSuffix(entry, ".dist-info")
	if !isDist {
		if base, ok = strings.CutSuffix(entry, ".egg-info"); !ok {
			return "", "", false
		}
		if i := strings.LastIndex(base, "-py"); i >= 0 && len(base) > i+3 && base[i+3] >= '0' && base[i+3] <= '9' {
			base = base[:i]
		}
	}
	name, version, ok = strings.Cut(base, "-")
	return name, version, ok && name != "" && name[0] != '~' && version != ""
}

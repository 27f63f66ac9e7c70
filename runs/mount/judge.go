package mount

import (
	"fmt"
	"strconv"
	"strings"
)

// localTypes are file systems that only one kernel can write to.
var localTypes = set("apfs", "aufs", "bcachefs", "btrfs", "ecryptfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fuseblk", "hfs",
	"jfs", "msdos", "nilfs2", "ntfs", "ntfs3", "overlay", "ramfs", "reiserfs", "tmpfs", "ubifs", "ufs", "vfat", "xfs", "zfs")

// clusterTypes have locks across hosts, unless options or a trial say otherwise.
var clusterTypes = set("ceph", "fuse.ceph", "fuse.ceph-fuse", "fuse.glusterfs", "fuse.juicefs", "gfs2", "ocfs2")

// ownLocksTypes are shared, but each host has its own locks.
var ownLocksTypes = set("fuse.sshfs", "fuse.s3fs", "fuse.gcsfuse", "fuse.rclone", "fuse.goofys", "fuse.mount-s3",
	"fuse.blobfuse", "fuse.blobfuse2", "fuse.davfs2", "davfs", "webdav")

// configuredTypes are shared; whether hosts see each other's locks depends on settings that cannot be read here.
var configuredTypes = set("9p", "afpfs", "afs", "beegfs", "cifs", "fuse.mfs", "fuse.moosefs", "gpfs", "lustre", "orangefs", "panfs",
	"smb3", "smbfs", "virtiofs", "wekafs")

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

const untold = "the system does not tell whether hosts see each other's locks: run schedulers on one host only unless you know"

// judge returns what type and options imply.
func (m mounted) judge() Report {
	r := Report{Kind: Network, Type: m.fsType, Options: strings.Join(m.options, ","), LocksAcrossHosts: Maybe}
	switch {
	case localTypes[m.fsType]:
		r.Kind, r.LocksAcrossHosts = Local, Yes
	case m.fsType == "nfs" || m.fsType == "nfs4":
		m.judgeNFS(&r)
	case clusterTypes[m.fsType]:
		r.LocksAcrossHosts = Yes
	case ownLocksTypes[m.fsType]:
		r.LocksAcrossHosts = No
		r.Problem = m.fsType + " keeps locks to each host; keep the runs root on a local disk, or share it over NFS"
	case configuredTypes[m.fsType]:
		r.Note = untold
	default:
		r.Kind, r.Note = Unknown, untold
	}
	m.judgeOptions(&r)
	if r.Problem == "" && m.has("ro") {
		r.Problem = "it is mounted read-only; mount it read-write"
	}
	return r
}

// judgeOptions handles the options of other network file systems that turn locks on and off.
func (m mounted) judgeOptions(r *Report) {
	off := ""
	switch {
	case m.fsType == "lustre" && m.has("flock"):
		r.LocksAcrossHosts, r.Note = Yes, ""
	case m.fsType == "lustre" && m.has("localflock"):
		off = "mount it with flock in place of localflock"
	case (m.fsType == "gfs2" || m.fsType == "ocfs2") && m.has("localflocks"):
		off = "mount it without localflocks"
	case (m.fsType == "cifs" || m.fsType == "smb3") && m.has("nobrl"):
		off = "mount it without nobrl"
	}
	if off != "" {
		r.LocksAcrossHosts, r.Note = No, ""
		r.Problem = "it is mounted such that other hosts do not see a lock; " + off
	}
}

func (m mounted) judgeNFS(r *Report) {
	r.Kind = NFS
	if m.options == nil {
		r.Note = untold
		return
	}
	r.LocksAcrossHosts = Yes
	local := m.value("local_lock")
	switch {
	case m.has("nolock"):
		r.LocksAcrossHosts = No
		r.Problem = "it is mounted with nolock, and other hosts do not see a lock; mount it without nolock"
	case local == "all" || local == "flock":
		r.LocksAcrossHosts = No
		r.Problem = fmt.Sprintf("it is mounted with local_lock=%s, and other hosts do not see a lock; mount it with local_lock=none",
			local)
	case m.has("nocto"):
		// Opening a file then sends no request to the server, so that neither names nor contents can be refreshed.
		r.Problem = "it is mounted with nocto, which hides what other hosts write; mount it without nocto"
	case strings.HasPrefix(m.value("vers"), "3") || strings.HasPrefix(m.value("vers"), "2"):
		r.Note = "a host that died keeps its locks until it is up again, which NFS 4 would not allow: " +
			"its runs are shown as running until then"
	case m.has("soft") || m.has("softerr"):
		r.Note = "it is mounted soft: writes fail while the file server is away, and runs with them"
	case m.cachedFor() > longCache:
		r.Note = fmt.Sprintf("attributes are cached for %d seconds: that long it can take until this host sees what another one wrote", m.cachedFor())
	}
}

// longCache is the default maximum time, in seconds, that clients cache attributes.
const longCache = 60

// cachedFor returns how long attributes are kept at most, in seconds.
func (m mounted) cachedFor() int {
	longest := 0
	for _, name := range []string{"actimeo", "acregmin", "acregmax", "acdirmin", "acdirmax"} {
		if n, err := strconv.Atoi(m.value(name)); err == nil {
			longest = max(longest, n)
		}
	}
	return longest
}

package mount

import (
	"strings"
	"testing"
)

// table is a mountinfo file in which %s is the tested mount, with number 42.
const table = `16 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
24 16 0:24 / /mnt rw,relatime - tmpfs tmpfs rw
%s
43 24 0:28 / /mnt/root rw - ext4 /dev/sdb1 rw
broken line
44 24 0:29 / /mnt/root - nfs4
`

func TestJudge(t *testing.T) {
	const nfs4 = "42 24 0:27 / /mnt/root rw,relatime shared:7 master:2 - nfs4 srv:/ rw,vers=4.2,rsize=32768,namlen=255,hard,proto=tcp," +
		"timeo=600,retrans=2,sec=sys,clientaddr=10.0.0.2,local_lock=none,addr=10.0.0.1"
	tests := []struct {
		name, mount string
		kind        Kind
		locks       Answer
		problem     string // part of it; empty: none
		note        string
	}{
		{"nfs4 default", nfs4, NFS, Yes, "", ""},
		{"nfs 4.0", strings.Replace(nfs4, "4.2", "4.0", 1), NFS, Yes, "", ""},
		{"nfs4 actimeo=60", strings.Replace(nfs4, "hard", "acregmin=60,acdirmin=60,hard", 1), NFS, Yes, "", ""},
		{"nfs4 actimeo=600", strings.Replace(nfs4, "hard", "acregmin=600,acregmax=600,acdirmin=600,acdirmax=600,hard", 1),
			NFS, Yes, "", "cached for 600 seconds"},
		{"nfs4 soft", strings.Replace(nfs4, "hard", "soft", 1), NFS, Yes, "", "mounted soft"},
		{"nfs4 nocto", strings.Replace(nfs4, "hard", "hard,nocto", 1), NFS, Yes, "mount it without nocto", ""},
		{"nfs4 read-only", strings.Replace(nfs4, "rw,relatime", "ro,relatime", 1), NFS, Yes, "mount it read-write", ""},
		{"local_lock=flock", strings.Replace(nfs4, "local_lock=none", "local_lock=flock", 1), NFS, No,
			"local_lock=flock, and other hosts do not see a lock; mount it with local_lock=none", ""},
		{"local_lock=all", strings.Replace(nfs4, "local_lock=none", "local_lock=all", 1), NFS, No, "local_lock=none", ""},
		{"local_lock=posix", strings.Replace(nfs4, "local_lock=none", "local_lock=posix", 1), NFS, Yes, "", ""},
		{"nfs3", "42 24 0:27 / /mnt/root rw - nfs srv:/e rw,vers=3,hard,proto=tcp,mountproto=udp,local_lock=none,addr=10.0.0.1",
			NFS, Yes, "", "until it is up again"},
		{"nfs3 nolock", "42 24 0:27 / /mnt/root rw - nfs srv:/e rw,vers=3,hard,nolock,proto=tcp,local_lock=all,addr=10.0.0.1",
			NFS, No, "mount it without nolock", ""},
		{"lustre flock", "42 24 0:27 / /mnt/root rw - lustre mgs@tcp:/fs rw,flock,user_xattr", Network, Yes, "", ""},
		{"lustre", "42 24 0:27 / /mnt/root rw - lustre mgs@tcp:/fs rw,user_xattr", Network, Maybe, "", "on one host only"},
		{"lustre localflock", "42 24 0:27 / /mnt/root rw - lustre mgs@tcp:/fs rw,localflock", Network, No, "flock in place of", ""},
		{"gpfs", "42 24 0:27 / /mnt/root rw - gpfs gpfs0 rw,relatime", Network, Maybe, "", "on one host only"},
		{"gfs2", "42 24 0:27 / /mnt/root rw - gfs2 /dev/vg/lv rw,acl", Network, Yes, "", ""},
		{"gfs2 localflocks", "42 24 0:27 / /mnt/root rw - gfs2 /dev/vg/lv rw,localflocks", Network, No, "without localflocks", ""},
		{"ceph", "42 24 0:27 / /mnt/root rw - ceph mon:/ rw,acl", Network, Yes, "", ""},
		{"cifs", "42 24 0:27 / /mnt/root rw - cifs //srv/share rw,vers=3.1.1", Network, Maybe, "", "on one host only"},
		{"cifs nobrl", "42 24 0:27 / /mnt/root rw - cifs //srv/share rw,vers=3.1.1,nobrl", Network, No, "without nobrl", ""},
		{"sshfs", "42 24 0:27 / /mnt/root rw,nosuid,nodev - fuse.sshfs me@srv:/ rw,user_id=1000", Network, No, "fuse.sshfs keeps locks", ""},
		{"fuse unheard of", "42 24 0:27 / /mnt/root rw - fuse.thing thing rw", Unknown, Maybe, "", "on one host only"},
		{"9p", "42 24 0:27 / /mnt/root rw - 9p hostshare rw,access=client,trans=virtio", Network, Maybe, "", "on one host only"},
		{"ext4", "42 24 8:2 / /mnt/root rw,noatime - ext4 /dev/sda2 rw", Local, Yes, "", ""},
		{"ext4 read-only", "42 24 8:2 / /mnt/root ro,noatime - ext4 /dev/sda2 rw", Local, Yes, "mount it read-write", ""},
		{"overlay", "42 24 0:40 / /mnt/root rw - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w", Local, Yes, "", ""},
		{"tmpfs", "42 24 0:41 / /mnt/root rw - tmpfs tmpfs rw,size=65536k", Local, Yes, "", ""},
		{"btrfs", "42 24 0:42 /@home /mnt/root rw - btrfs /dev/sda3 rw,subvol=/@home", Local, Yes, "", ""},
		{"xfs", "42 24 8:4 / /mnt/root rw - xfs /dev/sda4 rw,attr2", Local, Yes, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, ok := findMount(strings.NewReader(strings.Replace(table, "%s", tt.mount, 1)), 42)
			if !ok {
				t.Fatal("mount not found")
			}
			r := m.judge()
			if r.Kind != tt.kind || r.LocksAcrossHosts != tt.locks {
				t.Errorf("kind %s, locks across hosts %s; want %s, %s", r.Kind, r.LocksAcrossHosts, tt.kind, tt.locks)
			}
			if (r.Problem == "") != (tt.problem == "") || !strings.Contains(r.Problem, tt.problem) {
				t.Errorf("problem %q, want %q", r.Problem, tt.problem)
			}
			if (r.Note == "") != (tt.note == "") || !strings.Contains(r.Note, tt.note) {
				t.Errorf("note %q, want %q", r.Note, tt.note)
			}
			if (r.Err() == nil) != (tt.problem == "") {
				t.Errorf("error %v with problem %q", r.Err(), r.Problem)
			}
		})
	}
}

func TestFindMountMissing(t *testing.T) {
	for _, id := range []int{0, 1, 44, 99} {
		if m, ok := findMount(strings.NewReader(table), id); ok {
			t.Errorf("mount %d: %+v", id, m)
		}
	}
}

// TestJudgeWithoutOptions: the kernel reports a type and no options.
func TestJudgeWithoutOptions(t *testing.T) {
	for fsType, want := range map[string]Answer{"nfs": Maybe, "apfs": Yes, "0x65735546": Maybe} {
		if r := (mounted{fsType: fsType}).judge(); r.LocksAcrossHosts != want || r.Err() != nil {
			t.Errorf("%s: %+v", fsType, r)
		}
	}
}

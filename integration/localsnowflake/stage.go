package localsnowflake

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	stageBucket = "localsnowflake-stage"
	stageRegion = "us-west-2" // part of the clients' signatures, which are not verified
	// stageLife is how long a place on the stage may be written to; clients
	// ask for another one before.
	stageLife = time.Hour
	// stageKept bounds the files on the stage, in bytes; the oldest go first.
	stageKept = 256 << 20
	// stageFileLife is how long a file waits for its registration, or for the
	// repeat of one whose answer was lost.
	stageFileLife = 10 * time.Minute
)

// stage is the part of an object store that clients put files of rows into:
// one bucket, in memory, written once and read by filebuffer alone.
type stage struct {
	mu     sync.Mutex
	leases map[string]*lease // by prefix
	files  map[string]*stageFile
	order  []string // keys of files, the oldest first
	size   int
}

// lease lets one client write below one prefix for a while.
type lease struct {
	prefix               string // with a slash at its end
	keyID, secret, token string // in the shape of temporary S3 credentials
	until                time.Time
}

type stageFile struct {
	data []byte
	etag string // without quotes
	at   time.Time
}

func newStage() *stage {
	return &stage{leases: map[string]*lease{}, files: map[string]*stageFile{}}
}

// lease gives a client a place that nobody has had before.
func (s *stage) lease(now time.Time) *lease {
	l := &lease{prefix: strings.ToLower(rand.Text()) + "/", keyID: "ASIALOCAL" + rand.Text()[:11], secret: rand.Text(), token: rand.Text(),
		until: now.Add(stageLife)}
	s.mu.Lock()
	defer s.mu.Unlock()
	for prefix, old := range s.leases {
		if now.After(old.until) {
			delete(s.leases, prefix)
		}
	}
	s.leases[l.prefix] = l
	return l
}

// allow holds a request's credentials against the lease of a key. Signatures
// are not computed: the temporary token says as much.
func (s *stage) allow(key string, h http.Header, now time.Time) error {
	prefix, _, _ := strings.Cut(key, "/")
	s.mu.Lock()
	l := s.leases[prefix+"/"]
	s.mu.Unlock()
	switch {
	case l == nil || h.Get("X-Amz-Security-Token") != l.token || !strings.Contains(h.Get("Authorization"), "Credential="+l.keyID+"/"):
		return refuse(http.StatusForbidden, "AccessDenied", "Access Denied")
	case now.After(l.until):
		return refuse(http.StatusBadRequest, "ExpiredToken", "The provided token has expired.")
	}
	return nil
}

// put keeps a file.
func (s *stage) put(key string, f *stageFile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(key)
	s.files[key] = f
	s.order = append(s.order, key)
	s.size += len(f.data)
	for len(s.order) > 1 && (s.size > stageKept || f.at.Sub(s.files[s.order[0]].at) > stageFileLife) {
		s.remove(s.order[0])
	}
}

// remove is called with mu held.
func (s *stage) remove(key string) {
	f := s.files[key]
	if f == nil {
		return
	}
	s.size -= len(f.data)
	delete(s.files, key)
	for i, k := range s.order {
		if k == key {
			s.order = append(s.order[:i:i], s.order[i+1:]...)
			break
		}
	}
}

// file finds what was put at a path, with or without its bucket.
func (s *stage) file(path string) *stageFile {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.files[path], s.files[strings.TrimPrefix(path, stageBucket+"/")])
}

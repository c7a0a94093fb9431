package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	socketName = "control.sock"
	infoName   = "process.json"
	ownPrefix  = "process-" // a process's folder before its node is known

	// MaxSocketPath bounds the path of a socket in bytes: sockaddr_un holds 104
	// on macOS and 108 on Linux, the closing zero included (unix(4), unix(7)).
	MaxSocketPath = 103
)

// Place is where a process can be found: a folder under data_dir with its
// process.json, and the socket.
type Place struct {
	dataDir string
	folder  string // now
	socket  string // now
	temp    string // a private folder outside data_dir that holds the socket; "" = the socket is in folder
	info    Info
}

// Open makes the process's folder and binds its socket there, for this user
// alone. What processes that were killed left behind is cleared away.
func Open(dataDir string, info Info) (*Place, net.Listener, error) {
	dataDir, err := filepath.Abs(dataDir)
	if err != nil {
		return nil, nil, err
	}
	p := &Place{dataDir: dataDir, folder: freeFolder(dataDir, info.PID), info: info}
	if err := os.MkdirAll(p.folder, 0o700); err != nil {
		return nil, nil, err
	}
	clearDead(dataDir, p.folder)
	p.socket = filepath.Join(p.folder, socketName)
	if len(p.socket) > MaxSocketPath {
		if p.temp, err = os.MkdirTemp("", "kinesnow-"); err != nil { // 0700
			return nil, nil, err
		}
		p.socket = filepath.Join(p.temp, socketName)
		if len(p.socket) > MaxSocketPath {
			p.Close()
			return nil, nil, fmt.Errorf("the path %s is longer than the %d bytes that a unix socket may have: use a shorter data_dir or TMPDIR", p.socket, MaxSocketPath)
		}
	}
	listener, err := bind(p.socket)
	if err != nil {
		p.Close()
		return nil, nil, err
	}
	p.info.Socket = p.socket
	if err := p.writeInfo(); err != nil {
		listener.Close()
		p.Close()
		return nil, nil, err
	}
	return p, listener, nil
}

// freeFolder is the process's own folder: process-<pid>, or process-<pid>-<n>
// where a process of another container, with the same pid, answers there.
func freeFolder(dataDir string, pid int) string {
	first := filepath.Join(dataDir, ownPrefix+strconv.Itoa(pid))
	folder := first
	for n := 2; alive(locate(folder)); n++ {
		folder = first + "-" + strconv.Itoa(n)
	}
	return folder
}

// bind listens on a socket that nobody else may open. It is bound under
// another name first, so that whoever sees it can also connect.
func bind(socket string) (net.Listener, error) {
	fresh := filepath.Join(filepath.Dir(socket), "new")
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: fresh, Net: "unix"})
	if err != nil {
		return nil, err
	}
	listener.SetUnlinkOnClose(false) // Place.Close does, under the name it has by then
	if err := errors.Join(os.Chmod(fresh, 0o600), os.Rename(fresh, socket)); err != nil {
		listener.Close()
		os.Remove(fresh)
		return nil, err
	}
	return listener, nil
}

// Indirect reports whether the socket had to go outside data_dir.
func (p *Place) Indirect() bool { return p.temp != "" }

// Socket is where the socket is now.
func (p *Place) Socket() string { return p.socket }

// Folder is where process.json is now.
func (p *Place) Folder() string { return p.folder }

// Move takes the place to a node's folder, unless a process that answers is
// there: slots are claimed per lease table, so two processes with different
// connectors may hold the same one. It reports whether it moved.
func (p *Place) Move(node string) (bool, error) {
	old, folder := p.folder, filepath.Join(p.dataDir, node)
	if folder == old {
		return false, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return false, err
	}
	if alive(locate(folder)) {
		return false, nil
	}
	if socket := filepath.Join(folder, socketName); p.temp == "" && len(socket) <= MaxSocketPath {
		if err := os.Rename(p.socket, socket); err != nil {
			return false, err
		}
		p.socket, p.info.Socket = socket, socket
	}
	p.folder = folder
	if err := p.writeInfo(); err != nil {
		return false, err
	}
	if filepath.Dir(p.socket) != old {
		os.Remove(filepath.Join(old, infoName))
		os.Remove(old) // unless something else is in it
	}
	return true, nil
}

// Close removes what Open made.
func (p *Place) Close() {
	os.Remove(p.socket)
	os.Remove(filepath.Join(p.folder, infoName))
	for _, folder := range []string{filepath.Dir(p.socket), p.folder} {
		if folder == p.temp || strings.HasPrefix(filepath.Base(folder), ownPrefix) {
			os.Remove(folder)
		}
	}
}

// writeInfo replaces process.json whole, so that a reader sees one or the other.
func (p *Place) writeInfo() error {
	text, err := json.Marshal(p.info)
	if err != nil {
		return err
	}
	path := filepath.Join(p.folder, infoName)
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// clearDead removes the folders of processes that did not live to have a node
// and do not answer any more. Nothing but the two files is ever in them.
func clearDead(dataDir, own string) {
	folders, _ := filepath.Glob(filepath.Join(dataDir, ownPrefix+"*"))
	for _, folder := range folders {
		socket := locate(folder)
		if folder == own || socket == "" || alive(socket) {
			continue
		}
		os.Remove(socket)
		if temp := filepath.Dir(socket); temp != folder && strings.HasPrefix(filepath.Base(temp), "kinesnow-") {
			os.Remove(temp)
		}
		os.Remove(filepath.Join(folder, infoName))
		os.Remove(folder)
	}
}

// alive reports whether somebody listens on a socket.
func alive(socket string) bool {
	if socket == "" {
		return false
	}
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(context.Background(), "unix", socket)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

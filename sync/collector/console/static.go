package console

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	consoleassets "otklik/assets/console"
)

// static serves the files of the console. Their addresses carry a hash of the content, so browsers keep them for ever.
type static struct {
	files map[string][]byte
	tags  map[string]string
}

func newStatic() (*static, error) {
	s := &static{files: make(map[string][]byte), tags: make(map[string]string)}
	err := fs.WalkDir(consoleassets.Static(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(consoleassets.Static(), path)
		sum := sha256.Sum256(data)
		s.files[path], s.tags[path] = data, hex.EncodeToString(sum[:6])
		return err
	})
	return s, err
}

// url is the address of a file. A file that is not there is an error of the page that names it.
func (s *static) url(path string) (string, error) {
	tag, ok := s.tags[path]
	if !ok {
		return "", fmt.Errorf("there is no static file %s", path)
	}
	return "/static/" + path + "?v=" + tag, nil
}

// ServeHTTP implements http.Handler.
func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/static/")
	data, ok := s.files[path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, path, time.Time{}, bytes.NewReader(data))
}

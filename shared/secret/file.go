package secret

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// File is the source of the local runner: one file of lines NAME=VALUE, readable by its owner only.
type File struct{ values map[Name]string }

// OpenFile reads the file, and makes it with fresh keys when it is not there.
func OpenFile(path string) (*File, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = create(path)
	}
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	f := &File{values: map[Name]string{}}
	lines := bufio.NewScanner(strings.NewReader(string(data)))
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), "=")
		f.values[Name(name)] = value
	}
	return f, lines.Err()
}

// Parameter answers the line of that name.
func (f *File) Parameter(_ context.Context, name Name) (string, error) {
	value, ok := f.values[name]
	if !ok {
		return "", fmt.Errorf("key file has no line %s=", name)
	}
	return value, nil
}

// Lines writes parameters as File reads them.
func Lines(parameters []Parameter) string {
	var b strings.Builder
	for _, p := range parameters {
		fmt.Fprintf(&b, "%s=%s\n", p.Name, p.Value)
	}
	return b.String()
}

// create writes a whole new key file and only then gives it its name, so that a crash leaves none or all of it.
func create(path string) ([]byte, error) {
	made, err := Generate(nil, "k1")
	if err != nil {
		return nil, err
	}
	text := []byte(Lines(made))
	f, err := os.CreateTemp(filepath.Dir(path), ".keys-*") // 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	return text, os.Rename(f.Name(), path)
}

func format(id string, key []byte) string {
	return id + ":" + base64.StdEncoding.EncodeToString(key)
}

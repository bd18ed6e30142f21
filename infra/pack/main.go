// Command pack writes a folder as a zip whose bytes depend on nothing but the files: pack FOLDER FILE.zip. What it weighs
// is what Lambda loads at a cold start.
package main

import (
	"archive/zip"
	"compress/flate"
	"fmt"
	"io"
	"io/fs"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: pack FOLDER FILE.zip")
		os.Exit(2)
	}
	if err := pack(os.DirFS(os.Args[1]), os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func pack(folder fs.FS, name string) error {
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	defer out.Close()
	archive := zip.NewWriter(out)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	err = fs.WalkDir(folder, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return add(archive, folder, path)
	})
	if err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return out.Close()
}

func add(archive *zip.Writer, folder fs.FS, path string) error {
	header := &zip.FileHeader{Name: path, Method: zip.Deflate}
	header.SetMode(0o755) // the bootstrap must be executable for every user
	w, err := archive.CreateHeader(header)
	if err != nil {
		return err
	}
	data, err := fs.ReadFile(folder, path)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

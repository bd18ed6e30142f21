package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// bootstraps builds every function for this machine and answers their paths.
func bootstraps(t testing.TB) []string {
	t.Helper()
	t.Chdir("../..")
	mains, err := filepath.Glob("functions/*/lambda/main.go")
	if err != nil || len(mains) == 0 {
		t.Fatalf("no functions: %v", err)
	}
	var paths []string
	for _, main := range mains {
		dir := filepath.Dir(main)
		path := filepath.Join(t.TempDir(), filepath.Base(filepath.Dir(dir)), "bootstrap")
		build := exec.Command("go", "build", "-buildvcs=false", "-tags", "lambda.norpc", "-trimpath", "-ldflags=-s -w -buildid=", "-o", path, "./"+dir)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		paths = append(paths, path)
	}
	return paths
}

// TestEveryFunctionStarts: each binary, with the environment that the template gives it, comes to its first answer.
func TestEveryFunctionStarts(t *testing.T) {
	paths := bootstraps(t)
	cloud, err := startCloud()
	if err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	for _, path := range paths {
		s, err := startOnce(path, cloud)
		if err != nil {
			t.Error(explain(path, err))
		} else if s.init <= 0 || s.first <= 0 || s.resident <= 0 {
			t.Errorf("%s: %+v", path, s)
		}
	}
}

func TestWhatCannotBeMeasured(t *testing.T) {
	t.Chdir("../..")
	cloud, err := startCloud()
	if err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	dir := filepath.Join(t.TempDir(), "site")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]string{
		"\x7fELF other": "another architecture", "#!/bin/sh\nexit 1\n": "it ends before it asks", "": "",
	} {
		path := filepath.Join(dir, "bootstrap")
		if err := os.WriteFile(path, []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := startOnce(path, cloud); err == nil || !strings.Contains(explain(path, err).Error(), want) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// BenchmarkColdStart is what main prints, one function after the other.
func BenchmarkColdStart(b *testing.B) {
	paths := bootstraps(b)
	cloud, err := startCloud()
	if err != nil {
		b.Fatal(err)
	}
	defer cloud.Close()
	for _, path := range paths {
		b.Run(filepath.Base(filepath.Dir(path)), func(b *testing.B) {
			var starts []start
			for b.Loop() {
				s, err := startOnce(path, cloud)
				if err != nil {
					b.Fatal(err)
				}
				starts = append(starts, s)
			}
			b.ReportMetric(float64(median(starts, func(s start) int64 { return int64(s.init) }))/1e6, "init-p50-ms")
			b.ReportMetric(float64(median(starts, func(s start) int64 { return int64(s.first) }))/1e6, "first-p50-ms")
			b.ReportMetric(float64(median(starts, func(s start) int64 { return s.resident }))/(1<<20), "resident-MB")
		})
	}
}

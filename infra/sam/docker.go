package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// image is what the emulator runs functions in; it makes a second one of it, with its own part of Lambda.
const (
	image = "public.ecr.aws/lambda/provided:al2023-x86_64"
	rapid = "public.ecr.aws/lambda/provided:al2023-rapid-x86_64"
)

// docker makes sure that a daemon answers and that the image is there, and answers the address under which containers
// reach this machine.
func docker(ctx context.Context, u *undo) (host string, err error) {
	if exec.CommandContext(ctx, "docker", "info").Run() != nil {
		if err := daemon(ctx, u); err != nil {
			return "", fmt.Errorf("starting dockerd: %w", err)
		}
	}
	before, err := containers(ctx)
	if err != nil {
		return "", err
	}
	u.add(func() error { return sweep(context.WithoutCancel(ctx), before) })
	if err := fetch(ctx, u); err != nil {
		return "", fmt.Errorf("the image %s: %w", image, err)
	}
	return output(ctx, "docker", "network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}")
}

func output(ctx context.Context, name string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	return strings.TrimSpace(string(out)), err
}

// daemon starts a daemon of our own.
func daemon(ctx context.Context, u *undo) error {
	log, err := os.CreateTemp("", "dockerd-*.log")
	if err != nil {
		return err
	}
	u.add(func() error { return os.Remove(log.Name()) })
	process := exec.Command("dockerd")
	process.Stdout, process.Stderr = log, log
	if err := process.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	u.add(func() error {
		if err := process.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		<-ended
		return nil
	})
	for range 300 {
		select {
		case err := <-ended:
			ended <- err
			text, _ := os.ReadFile(log.Name())
			return fmt.Errorf("it ended: %w\n%s", err, text)
		case <-time.After(100 * time.Millisecond):
		}
		if exec.CommandContext(ctx, "docker", "info").Run() == nil {
			fmt.Println("Started a docker daemon for this run.")
			return nil
		}
	}
	return errors.New("no answer within 30 s")
}

// containers answers the ids of the emulator's containers.
func containers(ctx context.Context) ([]string, error) {
	ids, err := output(ctx, "docker", "ps", "-aq", "--filter", "label=sam.cli.container.type=lambda")
	return strings.Fields(ids), err
}

// sweep removes those that did not end with the emulator, but for the ones that were there before.
func sweep(ctx context.Context, before []string) error {
	left, err := containers(ctx)
	left = slices.DeleteFunc(left, func(id string) bool { return slices.Contains(before, id) })
	if err != nil || len(left) == 0 {
		return err
	}
	return exec.CommandContext(ctx, "docker", append([]string{"rm", "-f"}, left...)...).Run()
}

// fetch gets the image, or makes one that stands in for it where no registry can be reached: the functions are static
// binaries, and the emulator brings the rest. A stand-in does not outlive the run.
func fetch(ctx context.Context, u *undo) error {
	if exec.CommandContext(ctx, "docker", "image", "inspect", image).Run() == nil {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	if exec.CommandContext(limited, "docker", "pull", "-q", image).Run() == nil {
		return nil
	}
	root, err := standInRoot()
	if err != nil {
		return err
	}
	load := exec.CommandContext(ctx, "docker", "import", "-", image)
	load.Stdin = root
	if out, err := load.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	u.add(func() error {
		return exec.Command("docker", "rmi", "-f", image, rapid).Run()
	})
	fmt.Println("The image of Lambda's runtime cannot be had here: a stand-in, busybox alone, takes its place.")
	return nil
}

// standInRoot is the smallest root in which the emulator can lay its own part: a shell and the tools it calls.
func standInRoot() (*bytes.Buffer, error) {
	path, err := exec.LookPath("busybox")
	if err != nil {
		return nil, err
	}
	busybox, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	add := func(h tar.Header, data []byte) {
		h.Size = int64(len(data))
		if err == nil {
			err = w.WriteHeader(&h)
		}
		if err == nil {
			_, err = w.Write(data)
		}
	}
	for _, folder := range []string{"bin", "etc", "opt", "tmp", "var", "var/task", "var/runtime"} {
		add(tar.Header{Name: folder + "/", Typeflag: tar.TypeDir, Mode: 0o777}, nil)
	}
	add(tar.Header{Name: "bin/busybox", Typeflag: tar.TypeReg, Mode: 0o755}, busybox)
	for _, tool := range []string{"sh", "mv", "chmod", "mkdir", "ls", "cat", "rm"} {
		add(tar.Header{Name: "bin/" + tool, Typeflag: tar.TypeSymlink, Linkname: "busybox"}, nil)
	}
	add(tar.Header{Name: "etc/passwd", Typeflag: tar.TypeReg, Mode: 0o644}, []byte("root:x:0:0:root:/root:/bin/sh\n"))
	if err == nil {
		err = w.Close()
	}
	return &b, err
}

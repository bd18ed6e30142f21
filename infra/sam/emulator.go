package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// sam is the emulator's command, from the root of the repository, where this one has to run too.
const sam = ".tools/sam/bin/sam"

// emulated is one of the emulator's two servers.
type emulated struct {
	address string
	log     *os.File
}

// emulator builds the deployment and starts its API, and what invokes single functions.
func emulator(ctx context.Context, u *undo, s *stand) (api, lambda emulated, err error) {
	if out, err := command(ctx, "build", "--template", "template.yaml").CombinedOutput(); err != nil {
		return api, lambda, fmt.Errorf("sam build: %w\n%s", err, out)
	}
	settings, err := variables(u, s)
	if err != nil {
		return api, lambda, err
	}
	port, err := free()
	if err != nil {
		return api, lambda, err
	}
	site := "http://localhost:" + port
	parameters := []string{"--template", ".aws-sam/build/template.yaml", "--skip-pull-image", "--env-vars", settings, "--parameter-overrides",
		"Stage=" + stage, "Origin=" + site, "SenderAddress=" + sender, "HashArchitecture=x86_64", "LightArchitecture=x86_64",
		"DynamoDBEndpoint=" + s.dynamoDB, "ServicesEndpoint=" + s.services}
	if api, err = start(ctx, u, port, append([]string{"local", "start-api", "--warm-containers", "EAGER"}, parameters...)); err != nil {
		return api, lambda, err
	}
	if port, err = free(); err != nil {
		return api, lambda, err
	}
	lambda, err = start(ctx, u, port, append([]string{"local", "start-lambda", "--warm-containers", "LAZY"}, parameters...))
	return api, lambda, err
}

func command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, sam, args...)
	c.Env = append(os.Environ(), "SAM_CLI_TELEMETRY=0", "AWS_DEFAULT_REGION="+region, "AWS_ACCESS_KEY_ID="+keys.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY="+keys.SecretAccessKey)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGINT) }
	return c
}

// variables writes what references in the template mean here.
func variables(u *undo, s *stand) (path string, err error) {
	folder, err := os.MkdirTemp("", "sam-*")
	if err != nil {
		return "", err
	}
	u.add(func() error { return os.RemoveAll(folder) })
	text, err := json.Marshal(map[string]any{"CourierFunction": map[string]string{"RESEND_QUEUE_URL": s.resend, "UNSENT_QUEUE_URL": s.unsent,
		"CONFIGURATION_SET": mail}})
	if err != nil {
		return "", err
	}
	path = filepath.Join(folder, "variables.json")
	return path, os.WriteFile(path, text, 0o600)
}

// start runs the emulator in the background until everything is undone, and waits until it answers on the port.
func start(ctx context.Context, u *undo, port string, args []string) (emulated, error) {
	log, err := os.CreateTemp("", "sam-*.log")
	if err != nil {
		return emulated{}, err
	}
	e := emulated{"http://localhost:" + port, log}
	process := command(context.Background(), append(args, "--port", port)...)
	process.Stdout, process.Stderr = log, log
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt of the terminal is ours to pass on
	if err := process.Start(); err != nil {
		return e, err
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	u.add(func() error { return end(process, ended, log) })
	for range 600 {
		select {
		case err := <-ended:
			ended <- err
			return e, fmt.Errorf("sam local ended: %w\n%s", err, e.tail())
		case <-ctx.Done():
			return e, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
		if response, err := http.Get(e.address); err == nil {
			return e, response.Body.Close()
		}
	}
	return e, fmt.Errorf("sam local does not answer\n%s", e.tail())
}

func end(process *exec.Cmd, ended chan error, log *os.File) error {
	_ = process.Process.Signal(syscall.SIGINT) // it may have ended already
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		_ = process.Process.Kill()
		<-ended
	}
	return os.Remove(log.Name())
}

// tail answers the end of what the emulator and the functions in it wrote.
func (e emulated) tail() []byte {
	text, _ := os.ReadFile(e.log.Name())
	return text[max(0, len(text)-3000):]
}

func free() (port string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err = net.SplitHostPort(listener.Addr().String())
	return port, err
}

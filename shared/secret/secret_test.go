package secret_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postkontor/shared/secret"
)

// text is a source of fixed rings.
type text map[secret.Name]string

func (t text) Parameter(_ context.Context, name secret.Name) (string, error) {
	if t[name] == "" {
		return "", errors.New("not there")
	}
	return t[name], nil
}

func rings(t *testing.T, id string) text {
	t.Helper()
	made, err := secret.Generate(nil, id)
	if err != nil {
		t.Fatal(err)
	}
	answer := text{}
	for _, p := range made {
		answer[p.Name] = p.Value
	}
	return answer
}

// both is two deployments' rings as a rotation leaves them: the newer in front.
func both(newer, older text) text {
	answer := text{}
	for name, value := range newer {
		answer[name] = value + "," + older[name]
	}
	return answer
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	ctx, plain := t.Context(), []byte("123456")
	older, newer := rings(t, "k1"), rings(t, "k2")
	rotated := both(newer, older)

	mac, _ := secret.NewKey(older, secret.Token).MAC(ctx, plain)
	if ok, err := secret.NewKey(rotated, secret.Token).CheckMAC(ctx, plain, mac); !ok || err != nil {
		t.Errorf("an older MAC %s: %v, %v", mac, ok, err)
	}
	if ok, err := secret.NewKey(newer, secret.Token).CheckMAC(ctx, plain, mac); ok || err != nil {
		t.Errorf("a MAC of a key that is gone: %v, %v", ok, err)
	}
	if fresh, _ := secret.NewKey(rotated, secret.Token).MAC(ctx, plain); !strings.HasPrefix(fresh, "k2.") {
		t.Errorf("a new MAC is not of the current key: %s", fresh)
	}
	draft, _ := secret.NewKey(older, secret.Draft).Encrypt(ctx, plain)
	if got, err := secret.NewKey(rotated, secret.Draft).Decrypt(ctx, draft); string(got) != "123456" {
		t.Errorf("an older draft: %q, %v", got, err)
	}
	sealed, _ := secret.NewSealer(older).Seal(ctx, plain)
	if got, err := secret.NewOpener(rotated).Open(ctx, sealed); string(got) != "123456" {
		t.Errorf("an older seal: %q, %v", got, err)
	}
}

func TestChangedValuesAreInvalid(t *testing.T) {
	t.Parallel()
	ctx, source := t.Context(), rings(t, "k1")
	key, draft := secret.NewKey(source, secret.Token), secret.NewKey(source, secret.Draft)
	mac, _ := key.MAC(ctx, []byte("a"))
	cipher, _ := draft.Encrypt(ctx, []byte("a"))
	sealed, _ := secret.NewSealer(source).Seal(ctx, []byte("a"))

	for _, change := range []func(string) string{
		func(string) string { return "" },
		func(string) string { return "k1." },
		func(s string) string { return s[:len(s)-3] + "AAA" },
		func(s string) string { return "k9" + s[2:] },
		func(s string) string { return s + "=" },
		func(s string) string { return strings.TrimPrefix(s, "k1.") },
	} {
		if ok, err := key.CheckMAC(ctx, []byte("a"), change(mac)); ok || err != nil {
			t.Errorf("MAC %q: %v, %v", change(mac), ok, err)
		}
		if _, err := draft.Decrypt(ctx, change(cipher)); !errors.Is(err, secret.ErrInvalid) {
			t.Errorf("draft %q: %v", change(cipher), err)
		}
		if _, err := secret.NewOpener(source).Open(ctx, change(sealed)); !errors.Is(err, secret.ErrInvalid) {
			t.Errorf("seal %q: %v", change(sealed), err)
		}
	}
}

func TestWritersCannotOpen(t *testing.T) {
	t.Parallel()
	source := rings(t, "k1")
	sealed, _ := secret.NewSealer(source).Seal(t.Context(), []byte("123456"))
	writer := text{secret.Seal: source[secret.SealPublic]} // the public key in the private one's place
	if _, err := secret.NewOpener(writer).Open(t.Context(), sealed); !errors.Is(err, secret.ErrInvalid) {
		t.Errorf("opened with the public key: %v", err)
	}
}

func TestBrokenRingsNeverShowKeys(t *testing.T) {
	t.Parallel()
	good := rings(t, "k1")[secret.Token]
	for _, value := range []string{"k1", "k1:AAAA", ":" + good[3:], good + ",", "k.1:" + good[3:], good[3:]} {
		_, err := secret.NewKey(text{secret.Token: value}, secret.Token).MAC(t.Context(), nil)
		if err == nil || strings.Contains(err.Error(), good[3:]) {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func TestFileIsMadeOnceForItsOwner(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys")
	first, err := secret.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	second, err := secret.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range secret.Names() {
		a, _ := first.Parameter(t.Context(), name)
		b, err := second.Parameter(t.Context(), name)
		if err != nil || a != b || a == "" {
			t.Errorf("%s is not kept: %v", name, err)
		}
	}
}

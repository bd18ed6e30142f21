package credential_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"postkontor/shared/credential"
	"postkontor/shared/secret"
)

// ring is a source of one ring of keys: each byte names a key "kN" of that byte, the current one first.
type ring string

func (r ring) Parameter(context.Context, secret.Name) (string, error) {
	var keys []string
	for _, b := range []byte(r) {
		keys = append(keys, fmt.Sprintf("k%c:%s", b, base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, secret.Size))))
	}
	if keys == nil {
		return "", errors.New("no keys")
	}
	return strings.Join(keys, ","), nil
}

func hasher(keys ring) *credential.Hasher {
	return credential.NewHasher(secret.NewKey(keys, secret.Pepper))
}

func hash(t *testing.T, h *credential.Hasher, text string) string {
	t.Helper()
	stored, err := h.Hash(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func TestPW9_HashForm(t *testing.T) {
	t.Parallel()
	h := hasher("1")
	one, two := hash(t, h, sentence(40)), hash(t, h, sentence(40))
	form := regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=k1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`)
	if !form.MatchString(one) || !form.MatchString(two) {
		t.Errorf("%s is no PHC string of the current cost", one)
	}
	if one == two {
		t.Error("two hashes of one password are alike: no salt")
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	long, current := strings.Repeat("x", 127), hasher("1").Cost
	stored := hash(t, hasher("1"), long+"y")
	for name, c := range map[string]struct {
		keys      ring
		cost      credential.Cost
		text      string
		ok, stale bool
	}{
		"right":           {"1", current, long + "y", true, false},
		"PW2 last letter": {"1", current, long + "z", false, false},
		"PW2 byte 73":     {"1", current, long[:72], false, false},
		"rotated pepper":  {"21", current, long + "y", true, true},
		"new key behind":  {"12", current, long + "y", true, false},
		"wrong, rotated":  {"21", current, "x", false, false},
		"PW9 raised cost": {"1", credential.Cost{Memory: 20000, Time: 2, Threads: 1}, long + "y", true, true},
	} {
		h := hasher(c.keys)
		h.Cost = c.cost
		ok, stale, err := h.Verify(t.Context(), stored, c.text)
		if ok != c.ok || stale != c.stale || err != nil {
			t.Errorf("%s: %v, %v, %v", name, ok, stale, err)
		}
	}
	if _, _, err := hasher("2").Verify(t.Context(), stored, long+"y"); !errors.Is(err, secret.ErrInvalid) {
		t.Errorf("a pepper that is gone: %v", err)
	}
}

// TestEveryPartCounts: a hash whose cost or key was changed in the table is of no password.
func TestEveryPartCounts(t *testing.T) {
	t.Parallel()
	h := hasher("12")
	stored := hash(t, h, "text")
	for _, change := range [][2]string{{"keyid=k1", "keyid=k2"}, {"t=2", "t=1"}, {"m=19456", "m=8"}} {
		if ok, _, err := h.Verify(t.Context(), strings.Replace(stored, change[0], change[1], 1), "text"); ok || err != nil {
			t.Errorf("%v: %v, %v", change, ok, err)
		}
	}
}

func TestMalformedHashesAreErrors(t *testing.T) {
	t.Parallel()
	h := hasher("1")
	stored := hash(t, h, "text")
	for from, to := range map[string]string{
		stored: "", "argon2id": "argon2i", "v=19": "v=16", "m=19456": "m=4000000", "t=2": "t=17", "p=1": "p=9", "p=": "p=0",
		"t=": "t=+", "m=": "m=0", "$argon2id": "argon2id", ",keyid=k1": "", "keyid=k1$": "keyid=k1$$", "19456,t=2,p=1": "8,t=2,p=8",
	} {
		broken := strings.Replace(stored, from, to, 1)
		if _, _, err := h.Verify(t.Context(), broken, "text"); err == nil || strings.Contains(err.Error(), "$") {
			t.Errorf("%s: error %v", broken, err)
		}
	}
	for _, broken := range []string{stored + "=", stored[:len(stored)-1], stored + strings.Repeat("A", 300)} {
		if _, _, err := h.Verify(t.Context(), broken, "text"); err == nil {
			t.Errorf("%s: no error", broken)
		}
	}
}

func TestNoPepperNoHash(t *testing.T) {
	t.Parallel()
	h := hasher("")
	if stored, err := h.Hash(t.Context(), "text"); stored != "" || err == nil {
		t.Errorf("%q, %v", stored, err)
	}
	if err := h.Dummy(t.Context(), "text"); err == nil {
		t.Error("a dummy without a pepper has no error, so it would tell unknown usernames from known ones")
	}
}

// TestWaitingEndsWithItsContext: no more hashes at once than processors, and who waits is let go in time.
func TestWaitingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	h := hasher("1")
	h.Cost.Time = 16
	busy := sync.WaitGroup{}
	for range 4 * runtime.GOMAXPROCS(0) {
		busy.Go(func() { _ = h.Dummy(context.WithoutCancel(t.Context()), "text") })
	}
	defer busy.Wait()
	for range 3 { // the first one may find a processor before the others do
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		err := h.Dummy(ctx, "text")
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			return
		}
	}
	t.Error("every hash found a processor at once")
}

func BenchmarkHash(b *testing.B) {
	h := hasher("1")
	for b.Loop() {
		if _, err := h.Hash(b.Context(), "eleven owls argue about seven lanterns"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	h := hasher("1")
	stored, err := h.Hash(b.Context(), "eleven owls argue about seven lanterns")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ok, _, _ := h.Verify(b.Context(), stored, "eleven owls argue about seven lanterns"); !ok {
			b.Fatal("not verified")
		}
	}
}

func BenchmarkDummy(b *testing.B) {
	h := hasher("1")
	for b.Loop() {
		_ = h.Dummy(b.Context(), "eleven owls argue about seven lanterns")
	}
}

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
)

// openBrowser answers a context of a Chromium, and what it complains of.
func openBrowser(t *testing.T) (context.Context, func() []string) {
	t.Helper()
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.WindowSize(1200, 1000))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), flags...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	var mu sync.Mutex
	var complaints []string
	err := chromedp.Listen(ctx, func(event any) {
		entry, ok := event.(*log.EventEntryAdded)
		if ok && (entry.Entry.Level == log.EntryLevelWarning || entry.Entry.Level == log.EntryLevelError) {
			mu.Lock()
			complaints = append(complaints, entry.Entry.Text+" "+entry.Entry.URL)
			mu.Unlock()
		}
	})
	if err != nil {
		t.Fatalf("no chromium (make tools installs it): %v", err)
	}
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return ctx, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return complaints
	}
}

// evaluate answers the value of a script.
func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return value
}

// await waits until a script is true, on whatever page is shown by then.
func await(t *testing.T, ctx context.Context, script string) {
	t.Helper()
	for ctx.Err() == nil {
		if is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script)); err == nil && is {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("never %s", script)
}

// TestThePageInABrowser: the content policy lets through all that the page needs, Chromium keeps the cookies, e-mails
// are shown whole, and a new message appears by itself.
func TestThePageInABrowser(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	p.signUp(1)
	ctx, complaints := openBrowser(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(p.url+"/_local/")); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, "document.querySelector('iframe').style.height !== ''")
	if n := evaluate[int](t, ctx, "document.querySelectorAll('[data-copy]:not([hidden])').length"); n != 2 {
		t.Errorf("%d codes to copy", n)
	}
	if evaluate[bool](t, ctx, "!document.getElementById('cookie').hidden") {
		t.Error("a warning of cookies that are kept")
	}
	height := evaluate[float64](t, ctx, "document.querySelector('iframe').clientHeight")
	needed := evaluate[float64](t, ctx, "document.querySelector('iframe').contentDocument.documentElement.scrollHeight")
	if height < needed || needed < 200 {
		t.Errorf("an e-mail of %v pixels in %v", needed, height)
	}
	p.create(2)
	await(t, ctx, "document.querySelectorAll('.lo-phone').length === 2")
	await(t, ctx, "document.querySelector('iframe').style.height !== ''")
	screenshot(t, ctx, "panel.png")
	if said := complaints(); len(said) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(said, "\n"))
	}
}

// screenshot keeps what the browser shows in the folder SCREENSHOTS, if there is one.
func screenshot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	image, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), image, 0o600); err != nil {
		t.Fatal(err)
	}
}

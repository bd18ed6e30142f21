package session

import "strings"

// The names that browsers and systems put into their User-Agent, the more particular ones first.
var (
	browsers = [][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}}
	systems = [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"}}
)

// Device names a browser in a way its owner recognises: "Firefox, Android"; what is unknown as it named itself.
func Device(userAgent string) string {
	var parts []string
	for _, names := range [][][2]string{browsers, systems} {
		for _, n := range names {
			if strings.Contains(userAgent, n[0]) {
				parts = append(parts, n[1])
				break
			}
		}
	}
	if len(parts) == 0 {
		return userAgent
	}
	return strings.Join(parts, ", ")
}

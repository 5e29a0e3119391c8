package digest

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// parse reads one header value, and takes the strongest challenge of it.
func parse(header string) (Challenge, error) {
	all, err := ParseAll(header)
	if err != nil {
		return Challenge{}, err
	}
	if c, ok := Strongest(all); ok {
		return c, nil
	}
	return all[0], nil
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, header string
		want         Challenge
		err          error
	}{
		{"plain", `Digest realm="asterisk",nonce="abc",algorithm=MD5,qop="auth"`, Challenge{Realm: "asterisk", Nonce: "abc", Algorithm: "MD5", QOP: []string{"auth"}}, nil},
		{"spaces in qop", `Digest qop="auth-int, auth" , realm = "a" ,nonce= "n"`, Challenge{Realm: "a", Nonce: "n", QOP: []string{"auth-int", "auth"}}, nil},
		{"escapes and comma", `Digest realm="a \"b\\c\", d",nonce="n,1=2"`, Challenge{Realm: `a "b\c", d`, Nonce: "n,1=2"}, nil},
		{"no quotes at all", `digest realm=asterisk, nonce=abc, qop=auth, stale=TRUE`, Challenge{Realm: "asterisk", Nonce: "abc", QOP: []string{"auth"}, Stale: true}, nil},
		{"quotes everywhere", `DIGEST REALM="r",Nonce="n",algorithm="MD5",stale="true"`, Challenge{Realm: "r", Nonce: "n", Algorithm: "MD5", Stale: true}, nil},
		{"empty realm", `Digest realm="",nonce="n"`, Challenge{Nonce: "n"}, nil},
		{"other schemes around", `Basic realm="x", Digest realm="y",nonce="n",opaque="o", Bearer`, Challenge{Realm: "y", Nonce: "n", Opaque: "o"}, nil},
		{"token68 before", `Negotiate YWJjZA==, Digest realm="y",nonce="n"`, Challenge{Realm: "y", Nonce: "n"}, nil},
		{"strongest of one header", `Digest realm="y",nonce="1",algorithm=MD5, Digest realm="y",nonce="2",algorithm=SHA-256`, Challenge{Realm: "y", Nonce: "2", Algorithm: "SHA-256"}, nil},
		{"folded", "Digest realm=\"y\",\r\n\tnonce=\"n\"", Challenge{Realm: "y", Nonce: "n"}, nil},
		{"first of two", `Digest realm="y",nonce="n",nonce="m"`, Challenge{Realm: "y", Nonce: "n"}, nil},
		{"unknown algorithm", `Digest realm="y",nonce="n",algorithm=MD4`, Challenge{Realm: "y", Nonce: "n", Algorithm: "MD4"}, nil},
		{"empty", ``, Challenge{}, ErrNoDigest},
		{"only basic", `Basic realm="x"`, Challenge{}, ErrNoDigest},
		{"no nonce", `Digest realm="x"`, Challenge{}, ErrNoDigest},
		{"no realm", `Digest nonce="x"`, Challenge{}, ErrNoDigest},
		{"open quote", `Digest realm="x`, Challenge{}, ErrMalformed},
		{"open escape", `Digest realm="x\`, Challenge{}, ErrMalformed},
		{"no scheme", `realm="x", nonce="n"`, Challenge{}, ErrMalformed},
		{"huge", `Digest realm="` + strings.Repeat("x", 9000) + `",nonce="n"`, Challenge{}, ErrMalformed},
		{"many", `Digest ` + strings.Repeat("a=b,", 100), Challenge{}, ErrMalformed},
	} {
		got, err := parse(c.header)
		if !errors.Is(err, c.err) || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v; want %+v, %v", c.name, got, err, c.want, c.err)
		}
	}
}

func TestStrongest(t *testing.T) {
	all := []Challenge{
		{Nonce: "unknown", Algorithm: "SHA-3"}, {Nonce: "md5", Algorithm: "MD5", QOP: []string{"auth"}},
		{Nonce: "256", Algorithm: "sha-256"}, {Nonce: "256q", Algorithm: "SHA-256", QOP: []string{"auth"}},
		{Nonce: "256q2", Algorithm: "SHA-256", QOP: []string{"auth"}}, {Nonce: "512", Algorithm: "SHA-512-256", QOP: []string{"auth-conf"}},
	}
	for i, want := range map[int]string{2: "md5", 3: "256", 4: "256q", 5: "256q", 6: "256q"} {
		if got, ok := Strongest(all[:i]); !ok || got.Nonce != want {
			t.Errorf("of the first %d: %q, want %q", i, got.Nonce, want)
		}
	}
	if _, ok := Strongest(all[:1]); ok {
		t.Error("an unknown algorithm was chosen")
	}
}

func params(t *testing.T, header string) map[string]string {
	t.Helper()
	s, err := parseSchemes(header)
	if err != nil || len(s) != 1 || s[0].name != "Digest" {
		t.Fatalf("%q: %v %v", header, s, err)
	}
	return s[0].params
}

func TestClientCounts(t *testing.T) {
	var c Client
	ask := func(ch Challenge) map[string]string {
		t.Helper()
		h, err := c.Authorize(ch, `al"ice`, "pw", "REGISTER", "sip:x;transport=tcp", nil)
		if err != nil {
			t.Fatal(err)
		}
		return params(t, h)
	}
	ch := Challenge{Realm: "r", Nonce: "1", Opaque: "o", Algorithm: "MD5", QOP: []string{"auth"}}
	first, second := ask(ch), ask(ch)
	if first["nc"] != "00000001" || second["nc"] != "00000002" || first["cnonce"] != second["cnonce"] || first["response"] == second["response"] {
		t.Errorf("counting: %v then %v", first, second)
	}
	if first["username"] != `al"ice` || first["uri"] != "sip:x;transport=tcp" || first["opaque"] != "o" || first["qop"] != "auth" || first["algorithm"] != "MD5" {
		t.Errorf("answer %v", first)
	}
	proxy := ch
	proxy.Proxy = true
	if got := ask(proxy); got["nc"] != "00000001" {
		t.Errorf("the proxy's count is not its own: %v", got)
	}
	fresh := ch
	fresh.Nonce, fresh.Stale = "2", true
	if got := ask(fresh); got["nc"] != "00000001" || got["cnonce"] == first["cnonce"] {
		t.Errorf("a fresh nonce goes on counting: %v", got)
	}
	for _, k := range c.Known() {
		if k.Stale || (k.Nonce != "2" && !k.Proxy) {
			t.Errorf("remembers %+v", k)
		}
	}
	if len(c.Known()) != 2 {
		t.Errorf("knows %d realms, want 2", len(c.Known()))
	}
}

func TestClientWithoutQOP(t *testing.T) {
	var c Client
	h, err := c.Authorize(Challenge{Realm: "r", Nonce: "n"}, "u", "p", "INVITE", "sip:a", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"nc", "cnonce", "qop", "algorithm", "opaque"} {
		if v, there := params(t, h)[k]; there {
			t.Errorf("%s=%q in an RFC 2069 answer", k, v)
		}
	}
}

func TestClientRefuses(t *testing.T) {
	strong := Challenge{Realm: "r", Nonce: "n", Algorithm: "SHA-256", QOP: []string{"auth"}}
	for _, c := range []struct {
		name string
		ch   Challenge
		user string
		want error
	}{
		{"weaker algorithm", Challenge{Realm: "r", Nonce: "n2", Algorithm: "MD5", QOP: []string{"auth"}}, "u", ErrDowngrade},
		{"no algorithm", Challenge{Realm: "r", Nonce: "n2", QOP: []string{"auth"}}, "u", ErrDowngrade},
		{"no qop", Challenge{Realm: "r", Nonce: "n2", Algorithm: "SHA-256"}, "u", ErrDowngrade},
		{"stronger", Challenge{Realm: "r", Nonce: "n2", Algorithm: "SHA-512-256", QOP: []string{"auth"}}, "u", nil},
		{"other realm", Challenge{Realm: "s", Nonce: "n2", Algorithm: "MD5"}, "u", nil},
		{"unknown", Challenge{Realm: "s", Nonce: "n2", Algorithm: "MD4"}, "u", ErrAlgorithm},
		{"unknown qop", Challenge{Realm: "s", Nonce: "n2", QOP: []string{"auth-conf"}}, "u", ErrQOP},
		{"line break", Challenge{Realm: "s", Nonce: "n2"}, "u\r\nEvil: 1", ErrMalformed},
	} {
		var client Client
		if _, err := client.Authorize(strong, "u", "p", "INVITE", "sip:a", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Authorize(c.ch, c.user, "p", "INVITE", "sip:a", nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		client.Forget()
		if c.want == ErrDowngrade {
			if _, err := client.Authorize(c.ch, c.user, "p", "INVITE", "sip:a", nil); err != nil {
				t.Errorf("%s after Forget: %v", c.name, err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`Digest realm="a \"b\"",nonce="n",qop="auth-int, auth",algorithm=SHA-256,stale=true`)
	f.Add(`Negotiate YWJjZA==, Basic realm="x", Digest realm=y,nonce=n`)
	f.Add(`Digest realm="x\`)
	f.Fuzz(func(t *testing.T, header string) {
		ch, err := parse(header)
		if err != nil {
			if !errors.Is(err, ErrNoDigest) && !errors.Is(err, ErrMalformed) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		var c Client
		value, err := c.Authorize(ch, "user", "secret", "INVITE", "sip:a@b", nil)
		if err != nil {
			return
		}
		// What we answer must read back as one scheme with the challenge's own realm and nonce, on one line.
		s, err := parseSchemes(value)
		if len(value) <= maxHeader && (err != nil || len(s) != 1 || s[0].twice) {
			t.Fatalf("answer %q: %v %v", value, s, err)
		}
		if strings.ContainsAny(value, "\r\n") {
			t.Fatalf("answer breaks the line: %q", value)
		}
		if err == nil && (s[0].params["realm"] != ch.Realm || s[0].params["nonce"] != ch.Nonce) {
			t.Fatalf("answer %q to %+v", value, ch)
		}
	})
}

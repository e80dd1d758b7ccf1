package forge

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v60/github"
)

// maxPages bounds reading a list: 100 items a page.
const maxPages = 300

// list yields every item of every page of a list, following the Link that an answer names as the
// next, as long as it leads to the same server. The path is below the API's address and may have a
// query. field is the name of the list in the answer; empty: the answer is the list. After an error
// nothing more comes.
func list[T any](ctx context.Context, g *GitHub, path, field string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		next := hundred(path)
		for range maxPages {
			items, after, err := page[T](ctx, g, next, field)
			if err != nil {
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next = after; next == "" {
				return
			}
		}
		yield(none, fmt.Errorf("reading %s: more than %d pages", path, maxPages))
	}
}

// hundred asks for the largest pages there are.
func hundred(path string) string {
	if strings.Contains(path, "?") {
		return path + "&per_page=100"
	}
	return path + "?per_page=100"
}

func page[T any](ctx context.Context, g *GitHub, path, field string) ([]T, string, error) {
	req, err := g.client.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return nil, "", fmt.Errorf("asking GitHub for %s: %w", path, err)
	}
	var raw json.RawMessage
	resp, err := g.client.Do(ctx, req, &raw)
	if err != nil {
		return nil, "", explain(resp, err)
	}
	items, err := unpack[T](raw, field)
	if err != nil {
		return nil, "", explain(resp, fmt.Errorf("reading a page of %s: %w", req.URL.Path, err))
	}
	next, err := nextPage(req.URL, resp)
	return items, next, err
}

func unpack[T any](raw json.RawMessage, field string) ([]T, error) {
	if field != "" {
		var all map[string]json.RawMessage
		if err := json.Unmarshal(raw, &all); err != nil {
			return nil, err
		}
		if raw = all[field]; raw == nil {
			return nil, fmt.Errorf("it has no %s", field)
		}
	}
	var items []T
	return items, json.Unmarshal(raw, &items)
}

// nextPage reads the Link of an answer: <https://…>; rel="next", <…>; rel="last".
func nextPage(at *url.URL, resp *github.Response) (string, error) {
	for _, link := range strings.Split(strings.Join(resp.Header.Values("Link"), ","), ",") {
		target, rest, ok := strings.Cut(strings.TrimSpace(link), ">")
		if !ok || !strings.Contains(rest, `rel="next"`) {
			continue
		}
		u, err := at.Parse(strings.TrimPrefix(target, "<"))
		if err != nil || u.Host != at.Host || u.Scheme != at.Scheme {
			return "", explain(resp, fmt.Errorf("reading %s: the next page is not on the same server", at.Path))
		}
		return u.String(), nil
	}
	return "", nil
}

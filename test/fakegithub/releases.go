package fakegithub

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// release is one with the bytes that are attached.
type release struct {
	object
	files []object
	bytes map[string]string
}

func releaseRoutes(s *Server) {
	s.route(http.MethodGet, "releases", "contents", func(w http.ResponseWriter, r *http.Request) {
		all := []object{}
		for _, one := range slices.Backward(s.releases) {
			all = append(all, one.told())
		}
		s.paged(w, r, all)
	})
	s.route(http.MethodGet, "releases/{id}/{name}", "contents", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") == "tags" {
			s.releaseOf(w, r.PathValue("name"))
		} else if one := s.release(w, r); one != nil { // of its list of assets
			s.paged(w, r, one.files)
		}
	})
	s.route(http.MethodPost, "releases", "contents", s.makeRelease)
	s.route(http.MethodPatch, "releases/{id}", "contents", s.editRelease)
	s.route(http.MethodPost, "releases/{id}/assets", "contents", s.attach)
	s.route(http.MethodDelete, "releases/assets/{id}", "contents", func(w http.ResponseWriter, r *http.Request) {
		for _, one := range s.releases {
			one.files = slices.DeleteFunc(one.files, func(f object) bool {
				gone := f["id"] == number(r, "id")
				if gone {
					delete(one.bytes, f["name"].(string))
				}
				return gone
			})
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// breakUpload leaves what an upload that broke leaves: an empty file that keeps the name.
func (s *Server) breakUpload(release int, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.releases[release-1]
	one.bytes[name] = ""
	one.files = append(one.files, s.file(100*release+len(one.files), name, "open", "", 0))
}

func (s *Server) file(id int, name, state, kind string, size int) object {
	return object{
		"id": id, "node_id": "RA_1", "url": s.URL, "browser_download_url": s.URL, "name": name, "label": nil, "state": state, "content_type": kind,
		"size": size, "download_count": 0, "created_at": now(), "updated_at": now(), "uploader": userOf(bot), "digest": nil,
	}
}

func (o *release) told() object {
	o.object["assets"] = o.files
	return o.object
}

// releaseOf finds what is shown of a tag: no draft.
func (s *Server) releaseOf(w http.ResponseWriter, tag string) {
	for _, one := range s.releases {
		if one.object["tag_name"] == tag && one.object["draft"] == false {
			answer(w, http.StatusOK, one.told())
			return
		}
	}
	refuse(w, http.StatusNotFound, "Not Found")
}

func (s *Server) release(w http.ResponseWriter, r *http.Request) *release {
	if id := number(r, "id"); id > 0 && id <= len(s.releases) {
		return s.releases[id-1]
	}
	refuse(w, http.StatusNotFound, "Not Found")
	return nil
}

// makeRelease refuses what GitHub refuses: a second one of a tag, and a text that is too long.
func (s *Server) makeRelease(w http.ResponseWriter, r *http.Request) {
	in := object{}
	err := json.NewDecoder(r.Body).Decode(&in)
	tag, _ := in["tag_name"].(string)
	body, _ := in["body"].(string)
	taken := slices.ContainsFunc(s.releases, func(o *release) bool { return o.object["tag_name"] == tag && o.object["draft"] == false })
	if err != nil || tag == "" || taken || len([]rune(body)) > 125000 {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed")
		return
	}
	id := len(s.releases) + 1
	at := fmt.Sprintf("%s/repos/%s/releases/%d", s.URL, s.o.Repo, id)
	draft, _ := in["draft"].(bool)
	one := &release{files: []object{}, bytes: map[string]string{}, object: object{
		"id": id, "node_id": fmt.Sprintf("RE_%d", id), "url": at, "html_url": at, "assets_url": at + "/assets", "upload_url": at + "/assets{?name,label}", "tarball_url": nil, "zipball_url": nil,
		"tag_name": tag, "target_commitish": "main", "name": in["name"], "body": body, "draft": draft, "prerelease": false, "created_at": now(), "published_at": nil,
		"author": userOf(bot), "latest": in["make_latest"] != "false",
	}}
	s.releases = append(s.releases, one)
	answer(w, http.StatusCreated, one.told())
}

func (s *Server) editRelease(w http.ResponseWriter, r *http.Request) {
	one := s.release(w, r)
	if one == nil {
		return
	}
	var in object
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	if draft, said := in["draft"].(bool); said {
		one.object["draft"], one.object["published_at"] = draft, now()
	}
	one.object["latest"] = in["make_latest"] != "false"
	answer(w, http.StatusOK, one.told())
}

// attach refuses a name that is there, and a release that is shown, as an immutable one is.
func (s *Server) attach(w http.ResponseWriter, r *http.Request) {
	one := s.release(w, r)
	if one == nil {
		return
	}
	name := r.URL.Query().Get("name")
	data, err := io.ReadAll(r.Body)
	if _, there := one.bytes[name]; err != nil || name == "" || there || one.object["draft"] == false {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed")
		return
	}
	one.bytes[name] = string(data)
	file := s.file(100*number(r, "id")+len(one.files), name, "uploaded", r.Header.Get("Content-Type"), len(data))
	one.files = append(one.files, file)
	answer(w, http.StatusCreated, file)
}

// tellReleases lists all releases with what is attached, oldest first; with ?tag= it gives one's text and
// files in full.
func (s *Server) tellReleases(w http.ResponseWriter, tag string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.releases {
		switch tag {
		case "":
			_, _ = fmt.Fprintf(w, "%v %q draft %v latest %v:", o.object["tag_name"], o.object["name"], o.object["draft"], o.object["latest"])
			for _, f := range o.files {
				_, _ = fmt.Fprintf(w, " %v", f["name"])
			}
			_, _ = fmt.Fprintln(w)
		case o.object["tag_name"]:
			_, _ = fmt.Fprintln(w, o.object["body"])
			for _, f := range o.files {
				_, _ = fmt.Fprintln(w, o.bytes[f["name"].(string)])
			}
		}
	}
}

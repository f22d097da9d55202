-- A callout: Quarto's box with a heading, which is its attribute, its own first line or its kind.

return function(shared)
  local TYPST, NAMES, refuse = shared.TYPST, shared.NAMES, shared.refuse
  local PREFIXES = { note = "nte", tip = "tip", warning = "wrn", important = "imp", caution = "cau" }
  local APPEARANCES = { default = true, simple = true, minimal = true }
  local YES = { ["true"] = true, ["false"] = false }

  -- Returns what an attribute says, or the default; the page is not to have it.
  local function taken(div, name, default, values, advice)
    local value = div.attributes[name]
    div.attributes[name] = nil
    if value == nil then
      return default
    elseif values[value] == nil then
      refuse(name, "write " .. advice, { name, value })
    end
    return values == YES and values[value] or values ~= YES and value
  end

  local function kind_of(div)
    local class = div.classes:find_if(function(name) return name:match("^callout") end)
    local kind = class and class:match("^callout%-(%a+)$")
    if class and class ~= "callout" and not PREFIXES[kind] then
      refuse("." .. class, "write .callout-note, -tip, -important, -caution or -warning")
    end
    return class and (kind or "none"), class
  end

  -- "Note 1" or "Note 1: Title" of a numbered callout; the bare one has its kind for a title, and
  -- none if it is simple.
  local function title_of(div, kind, simple)
    local title = pandoc.Inlines({})
    if div.attributes.title then
      title = pandoc.utils.blocks_to_inlines(pandoc.read(div.attributes.title, "markdown").blocks)
      div.attributes.title = nil
    elseif div.content[1] and div.content[1].t == "Header" then
      title = div.content:remove(1).content
    end
    local id = div.identifier
    if id ~= "" then
      local prefix = PREFIXES[kind]
      if not prefix or id:match("^(%a+)%-") ~= prefix then
        local advice = prefix and "one of .callout-%s begins with " .. prefix .. "-, such as #%s-first"
          or "a plain .callout is not numbered; leave it out"
        refuse("#" .. id, advice:format(kind, prefix))
      end
      local said = NAMES[prefix] .. shared.NBSP .. shared.number(id, prefix)
      title:insert(1, pandoc.Str(said .. (#title > 0 and ":" or "")))
      if #title > 1 then
        title:insert(2, pandoc.Space())
      end
    elseif #title == 0 and not simple then
      title = pandoc.Inlines(NAMES[PREFIXES[kind]])
    end
    return title
  end

  local function to_typst(div, kind, title, options)
    local open = '#callout-box("%s", simple: %s, icon: %s'
    local head = pandoc.Inlines({ shared.typst(open:format(kind, options.simple, options.icon)) })
    if #title > 0 then
      head:insert(shared.typst(", title: ["))
      head:extend(title)
      head:insert(shared.typst("]"))
    end
    head:insert(shared.typst(")["))
    div.content:insert(1, pandoc.Plain(head))
    local label = div.identifier ~= "" and " <" .. div.identifier .. ">" or ""
    div.content:insert(pandoc.RawBlock("typst", "]" .. label))
    return div.content
  end

  local function to_html(div, kind, title, options)
    local html, body = shared.html, div.content
    local tag = options.folds and "summary" or "div"
    body:insert(1, html('<div class="callout-body">'))
    if #title > 0 then
      body:insert(1, html("<" .. tag .. ' class="callout-header"><span class="callout-title">'))
      body:insert(2, pandoc.Plain(title))
      body:insert(3, html("</span></" .. tag .. ">"))
    end
    body:insert(html("</div>"))
    if options.folds then
      body:insert(1, html(options.folded and "<details>" or "<details open>"))
      body:insert(html("</details>"))
    end
    local classes = pandoc.List({ "callout", "callout-" .. kind })
    classes:insert("callout-style-" .. (options.simple and "simple" or "default"))
    classes:extend(options.icon and {} or { "no-icon" })
    classes:extend(#title > 0 and { "callout-titled" } or {})
    classes:extend(div.classes)
    return pandoc.Div(body, pandoc.Attr(div.identifier, classes, { role = "note" }))
  end

  return function(div)
    local kind, class = kind_of(div)
    if not kind then
      return nil
    end
    local bare = kind == "none"
    local truth = "true or false"
    local folded = taken(div, "collapse", nil, YES, truth)
    local icon = taken(div, "icon", not bare, YES, truth)
    local appearance = taken(
      div, "appearance", bare and "simple" or "default", APPEARANCES, "default, simple or minimal")
    local simple = appearance ~= "default"
    local title = title_of(div, kind, simple)
    div.classes = div.classes:filter(function(name) return name ~= class end)
    local options = {
      simple = simple,
      icon = icon and appearance ~= "minimal",
      folds = folded ~= nil and #title > 0,
      folded = folded,
    }
    return (TYPST and to_typst or to_html)(div, kind, title, options)
  end
end

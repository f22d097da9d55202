-- Figures, with a caption or a number, side by side, and in parts; tables that float as they do. Each
-- part of this is one walk through the document; report.lua has the order.

return function(shared)
  local TYPST, NAMES, refuse = shared.TYPST, shared.NAMES, shared.refuse
  local typst, html = shared.typst, shared.html
  local LAYOUT, CELL, FIGURE = "quarto-layout", "quarto-layout-cell", "quarto-figure"
  local ALIGNMENTS = { left = true, center = true, right = true }

  -- Layout: every block of ::: {layout-ncol=2} becomes a cell --------------------------------------

  local function count_of(div, name)
    local value = div.attributes[name]
    local count = value and value:match("^[1-9]%d?$")
    if value and not count then
      refuse(name, "write a number, such as 2", { name, value })
    end
    div.attributes[name] = nil
    return tonumber(count)
  end

  local function layout(div)
    for name in pairs(div.attributes) do
      if name:match("^layout") and name ~= "layout-ncol" and name ~= "layout-nrow" then
        refuse(name, "only Quarto follows it; write layout-ncol or layout-nrow")
      end
    end
    local columns, rows = count_of(div, "layout-ncol"), count_of(div, "layout-nrow")
    if not columns and not rows then
      return nil
    end
    local content = div.content
    local kind = shared.kind_of(div.identifier)
    local caption = (kind == "fig" or kind == "tbl") and content:remove() or nil
    columns = columns or math.max(1, math.ceil(#content / rows))
    local cells = content:map(function(block) return pandoc.Div(block, { class = CELL }) end)
    local grid = pandoc.Div(cells, { class = LAYOUT, columns = tostring(columns) })
    div.content = caption and { grid, caption } or { grid }
    return div
  end

  local function written_layout(div)
    local columns = div.attributes.columns
    if not TYPST then
      div.attributes = { style = "--columns: " .. columns }
      return div
    end
    local blocks = pandoc.Blocks({})
    blocks:insert(pandoc.RawBlock("typst", "#side-by-side(" .. columns .. ","))
    for _, cell in ipairs(div.content) do
      blocks:insert(pandoc.RawBlock("typst", "["))
      blocks:extend(cell.content)
      blocks:insert(pandoc.RawBlock("typst", "],"))
    end
    blocks:insert(pandoc.RawBlock("typst", ")"))
    return blocks
  end

  -- Figures: an image alone in its paragraph, with a caption or a number ---------------------------

  local function alone(para)
    local only = #para.content == 1 and para.content[1]
    local inner = only and only.t == "Link" and #only.content == 1 and only.content[1]
    local image = inner or only
    return image and image.t == "Image" and image or nil
  end

  -- Their places in the source, for a refusal: the first image of a name, the second, and so on.
  local seen = {}
  local placed = {
    traverse = "topdown",
    Image = function(image)
      seen[image.src] = (seen[image.src] or 0) + 1
      image.attributes.nth = tostring(seen[image.src])
      return image
    end,
  }

  local function lone_figure(para)
    local image = alone(para)
    if not image then
      return nil
    end
    local caption, id = image.caption, image.identifier
    if #caption == 0 and shared.kind_of(id) ~= "fig" then
      return nil
    end
    local alignment = image.attributes["fig-align"]
    local narrow = image.attributes.width or image.attributes.height
    local words = pandoc.utils.stringify(caption)
    local figure = para:walk({
      Image = function(img)
        img.caption, img.identifier = {}, ""
        img.attributes["fig-alt"] = img.attributes["fig-alt"] or (words ~= "" and words or nil)
        return img
      end,
    })
    local blocks = { pandoc.Plain(figure.content), pandoc.Para(caption) }
    local attributes = { ["fig-align"] = alignment, narrow = narrow }
    return pandoc.Div(blocks, pandoc.Attr(id, { FIGURE }, attributes))
  end

  -- An image without a text of its own has that of the figure in which it stands.
  local function described(div)
    local caption = shared.kind_of(div.identifier) == "fig" and div.content[#div.content]
    local words = caption and caption.t == "Para" and pandoc.utils.stringify(caption) or ""
    return words ~= "" and div:walk({
      Image = function(img)
        if #img.caption == 0 and not img.attributes["fig-alt"] then
          img.attributes["fig-alt"] = words
        end
        return img
      end,
    }) or nil
  end

  -- Numbered floats, their parts, and figures without a number --------------------------------------

  local function alignment_of(div)
    local value = div.attributes["fig-align"] or "center"
    if not ALIGNMENTS[value] then
      refuse("fig-align", "write left, center or right", { "fig-align", value })
    end
    return value
  end

  -- A part has the letter of its place; what it says before its caption, and how a reference
  -- names it, follow from that and from its float's number.
  local function to_typst(div, kind, body, caption, part)
    local id, numbered = div.identifier, kind and not part
    local name = numbered and "quarto-float-" .. kind or part and "quarto-subfloat" or FIGURE
    local open = '#figure(kind: "%s", supplement: %s, %scaption: figure.caption(position: %s)['
    caption:insert(1, typst(open:format(
      name,
      numbered and "[" .. NAMES[kind] .. "]" or "none",
      numbered and "" or "numbering: none, ",
      kind == "tbl" and "top" or "bottom")))
    if part then
      caption:insert(2, pandoc.Str("(" .. part .. ")" .. (#caption > 1 and " " or "")))
    end
    caption:insert(typst("])["))
    body:insert(1, pandoc.Plain(caption))
    body:insert(pandoc.Plain(typst("]" .. (id ~= "" and " <" .. id .. ">" or ""))))
    local alignment = alignment_of(div)
    if div.attributes.narrow and alignment ~= "left" then
      body:insert(1, pandoc.RawBlock("typst", "#aligned(" .. alignment .. ")["))
      body:insert(pandoc.RawBlock("typst", "]"))
    end
    return body
  end

  local function to_html(div, kind, body, caption, part)
    local id = div.identifier
    local said = part and "(" .. part .. ")"
      or kind and NAMES[kind] .. shared.NBSP .. shared.numbers[id] .. (#caption > 0 and ":" or "")
    if said then
      caption:insert(1, pandoc.Str(said))
      if #caption > 1 then
        caption:insert(2, pandoc.Space())
      end
    end
    if #caption > 0 then
      local place = kind == "tbl" and 1 or #body + 1
      for i, block in ipairs({ html("<figcaption>"), pandoc.Plain(caption), html("</figcaption>") }) do
        body:insert(place + i - 1, block)
      end
    end
    local class = part and "quarto-subfloat" or kind and "quarto-float quarto-float-" .. kind or FIGURE
    if div.classes:includes(FIGURE) then
      class = class .. " " .. FIGURE .. "-" .. alignment_of(div)
    end
    local open = '<figure%s class="%s">'
    body:insert(1, html(open:format(id ~= "" and ' id="' .. id .. '"' or "", class)))
    body:insert(html("</figure>"))
    return body
  end

  -- Marks the floats of a kind in a float as its parts, each with its letter.
  local function letter(body, kind, of)
    local count = 0
    return body:walk({
      traverse = "topdown",
      Div = function(div)
        if shared.kind_of(div.identifier) ~= kind then
          return nil
        end
        count = count + 1
        local part = string.char(96 + math.min(count, 26))
        shared.numbers[div.identifier] = shared.numbers[of] .. " (" .. part .. ")"
        div.attributes.part = part
        return div, false
      end,
    })
  end

  -- `inside` walks through what a float holds.
  local function float(div, inside)
    if div.classes:includes(LAYOUT) then
      div.content = div.content:walk(inside)
      return written_layout(div), false
    end
    local id, kind, part = div.identifier, shared.kind_of(div.identifier), div.attributes.part
    kind = (kind == "fig" or kind == "tbl") and kind or nil
    if not kind and not div.classes:includes(FIGURE) then
      return nil
    end
    local body = div.content
    local caption = body:remove()
    if not caption or caption.t ~= "Para" or #body == 0 then
      refuse("#" .. id, "its last paragraph must be its caption")
    end
    if kind and not part then
      shared.number(id, kind)
      body = letter(body, kind, id)
    end
    body = body:walk(inside)
    caption = pandoc.Blocks({ caption }):walk(inside)[1].content
    return (TYPST and to_typst or to_html)(div, kind, body, caption, part), false
  end

  return {
    placed = placed,
    layout = { Div = layout },
    lone = { Para = lone_figure, Div = described },
    float = float,
  }
end

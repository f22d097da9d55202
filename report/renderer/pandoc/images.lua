-- One image: its size, and the text that stands for it.

return function(shared)
  local TYPST, refuse, typst, quoted = shared.TYPST, shared.refuse, shared.typst, shared.quoted

  -- By unit: its name in a style sheet and in Typst, and how many of those it is there.
  local UNITS = {
    px = { "px", "pt", 0.75 }, pc = { "pc", "pt", 12 }, ["%"] = { "%", "%", 1 },
    cm = { "cm", "cm", 1 }, mm = { "mm", "mm", 1 }, ["in"] = { "in", "in", 1 },
    pt = { "pt", "pt", 1 }, em = { "em", "em", 1 },
  }

  local function lengths(image)
    local styles, options = {}, {}
    for _, name in ipairs({ "width", "height" }) do
      local value = image.attributes[name]
      local number, unit = (value or ""):match("^(%d+%.?%d*)(%a*%%?)$")
      unit = UNITS[unit == "" and "px" or unit]
      if value and (not tonumber(number) or not unit or (name == "height" and unit == UNITS["%"])) then
        local such = name == "width" and "50% or 8cm" or "5cm"
        refuse(image.src, ("%s=%s: write a length, such as %s"):format(name, value, such), { name, value })
      elseif value then
        styles[#styles + 1] = ("%s: %s%s"):format(name, number, unit[1])
        options[#options + 1] = ("%s: %.6g%s"):format(name, tonumber(number) * unit[3], unit[2])
      end
      image.attributes[name] = nil
    end
    if #styles > 0 and not table.concat(styles):match("width") then
      styles[2], options[2] = "width: auto", "width: auto"
    end
    return styles, options
  end

  -- The picture's own size keeps the page from jumping when it arrives.
  local function set_size(image, file)
    local width, height = file:match('viewBox="0 0 ([%d.]+) ([%d.]+)"')
    if not width then
      local known, size = pcall(function() return pandoc.image.size(file) end)
      width, height = known and size.width, known and size.height
    end
    if width then
      image.attributes.width = ("%.0f"):format(width)
      image.attributes.height = ("%.0f"):format(height)
    end
  end

  return function(img)
    local name, nth = img.src, tonumber(img.attributes.nth)
    local alt = img.attributes["fig-alt"] or pandoc.utils.stringify(img.caption)
    local function refused(message) refuse(name, message, { name }, nth) end
    if alt:match("^%s*$") then
      refused("the image has no fig-alt")
    elseif name:match("^/") or name:match("%.%.") or name:match(":") then
      refused("write the path of an image in the document's folder")
    end
    local file = shared.contents(name) or refused("there is no such image")
    local styles, options = lengths(img)
    if TYPST then
      table.insert(options, 1, quoted(name))
      options[#options + 1] = "alt: " .. quoted(alt)
      return typst("#image(" .. table.concat(options, ", ") .. ")")
    elseif #styles > 0 then
      img.attributes.style = table.concat(styles, "; ")
    else
      set_size(img, file)
    end
    for _, used in ipairs({ "fig-alt", "fig-align", "nth" }) do
      img.attributes[used] = nil
    end
    img.caption = pandoc.Inlines(pandoc.Str(alt))
    return img
  end
end

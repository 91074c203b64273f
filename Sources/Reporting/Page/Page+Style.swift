extension Page {
  /// Colours for light and dark; nothing is fetched from anywhere.
  static let style = """
    :root{--paper:#ffffff;--ink:#1b2330;--muted:#5d6879;--line:#e2e6ed;--soft:#f5f7fa;--link:#1d5fd1;
    --warn:#8a4b00;--warn-ground:#fff5e5}
    @media (prefers-color-scheme:dark){:root{--paper:#12161d;--ink:#e8ecf2;--muted:#9aa5b5;
    --line:#2a313c;--soft:#1a202a;--link:#7db2ff;--warn:#ffc46b;--warn-ground:#2f2413}}
    *{box-sizing:border-box}
    html{scroll-behavior:smooth}
    body{margin:0;background:var(--paper);color:var(--ink);line-height:1.5;
    font-family:system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,"Noto Sans",sans-serif}
    header,main{max-width:1200px;margin:0 auto;padding:0 24px}
    h1{font-size:30px;margin:36px 0 4px;overflow-wrap:anywhere}
    h2{font-size:20px;margin:44px 0 12px;padding-top:8px;border-top:1px solid var(--line)}
    h3{font-size:15px;margin:22px 0 8px}
    a{color:var(--link)}
    .lead{color:var(--muted);margin:0 0 14px}
    .answer{font-size:17px;margin:8px 0}
    .warning{background:var(--warn-ground);color:var(--warn);padding:10px 14px;border-radius:6px}
    nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin:18px 0 0;font-size:14px}
    nav a{text-decoration:none}
    nav a:hover{text-decoration:underline}
    .note{color:var(--muted);font-size:14px;max-width:80ch}
    .scroll{overflow-x:auto;margin:8px 0}
    table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums}
    th,td{padding:5px 10px;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
    thead th{background:var(--soft);font-weight:600;white-space:nowrap}
    td{overflow-wrap:anywhere}
    td:not(:empty,.number){min-width:12ch}
    #problems td:nth-child(4){min-width:24ch}
    #problems td:nth-child(5),#kinds td:nth-child(4){min-width:40ch}
    td.number{text-align:right;white-space:nowrap}
    table.sortable{font-size:13px}
    table.sortable td{overflow-wrap:break-word}
    table.sortable td:last-child:not(:empty,.number){min-width:16ch}
    table.sortable th{white-space:normal;vertical-align:bottom}
    caption{caption-side:top;text-align:left;margin-bottom:6px}
    th button{all:unset;cursor:pointer;font-weight:600}
    th button:focus-visible,td a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
    th[aria-sort=ascending] button::after{content:" ▲"}
    th[aria-sort=descending] button::after{content:" ▼"}
    table.heat{border-spacing:4px;border-collapse:separate}
    table.heat th{border:0;background:none;text-align:center;overflow-wrap:anywhere;white-space:normal}
    table.heat th[scope=row]{text-align:left;vertical-align:middle;min-width:96px;max-width:220px;
    position:sticky;left:0;background:var(--paper)}
    table.heat th.input{text-align:left;padding:14px 10px 0;font-weight:400;color:var(--muted)}
    table.heat th.input b{color:var(--ink);font-size:15px}
    table.heat td{border:0;padding:0;border-radius:6px;min-width:116px;text-align:center}
    table.heat td a{display:block;padding:8px 10px;color:inherit;text-decoration:none}
    table.heat td b{display:block;font-size:17px}
    table.heat td small{display:block}
    table.heat td sup{font-size:11px;font-weight:600;line-height:0;margin-left:2px}
    .sheets{display:flex;flex-wrap:wrap;gap:0 36px;align-items:flex-start}
    .sheet{max-width:100%;flex:0 1 auto}
    .sheets .sheet:not(:only-child){flex:1 1 320px;min-width:0}
    .sheet .note{max-width:46ch;margin:0 0 4px}
    .sheet:only-child .note{max-width:80ch}
    .conclusion{max-width:60ch;margin:6px 0}
    .headline{font-size:19px;font-weight:600;line-height:1.35;margin:0 0 4px;max-width:70ch}
    .numbered{padding-left:26px;max-width:90ch}
    .numbered li{margin:6px 0}
    .numbered li.warning{background:none;padding:0;border-radius:0;color:inherit}
    .numbered li.warning b,.numbered li.serious b{color:var(--warn)}
    .numbered i{color:var(--muted)}
    table.heat td.none{background:var(--soft);color:var(--muted)}
    table.heat td.best{outline:3px solid #f59e0b;outline-offset:-1px}
    details{border:1px solid var(--line);border-radius:6px;margin:6px 0;padding:0 14px}
    details[open]{padding-bottom:14px}
    summary{cursor:pointer;padding:8px 0;overflow-wrap:anywhere}
    .pair{display:flex;flex-wrap:wrap;gap:12px 32px;align-items:flex-start}
    .chart{overflow-x:auto}
    svg.figure{max-width:100%;height:auto;display:block;margin:8px 0}
    @media (max-width:700px){svg.figure{max-width:none}.fit svg.figure{max-width:100%}header,main{padding:0 14px}.pair>*{max-width:100%}}
    .sounds{display:flex;flex-wrap:wrap;gap:16px}
    .sounds figure{margin:0}
    .sounds img{display:block;max-width:100%;height:auto;border-radius:4px}
    .sounds figcaption{font-size:14px;margin-top:4px}
    .findings{padding-left:20px}
    .findings .warning{background:none;padding:0;border-radius:0}
    pre{background:var(--soft);padding:14px;border-radius:6px;overflow-x:auto;font-size:13px;
    font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
    main{padding-bottom:60px}
    @media print{nav{display:none}details{break-inside:avoid}}
    """

  /// Sorting by a click on a column's name, and opening the cell a link points to.
  static let script = """
    for (const button of document.querySelectorAll('table.sortable th button')) {
      button.addEventListener('click', () => {
        const head = button.parentElement, table = head.closest('table'), body = table.tBodies[0];
        const column = head.cellIndex;
        const ascending = head.getAttribute('aria-sort') === 'descending' ||
          (head.getAttribute('aria-sort') === 'none' && !body.querySelector(
            `td:nth-child(${column + 1}).number`));
        for (const other of head.parentElement.cells) other.setAttribute('aria-sort', 'none');
        head.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
        const value = row => row.cells[column].textContent.replace(/^\\[?\\+?/, '').replace(/^−/, '-');
        const rows = [...body.rows].sort((a, b) => {
          const x = value(a), y = value(b), numeric = parseFloat(x) - parseFloat(y);
          if (x === '' || y === '') return x === y ? 0 : x === '' ? 1 : -1;
          const order = Number.isNaN(numeric) ? x.localeCompare(y) : numeric;
          return ascending ? order : -order;
        });
        body.append(...rows);
      });
    }
    const open = () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1))) ||
        document.getElementById(location.hash.slice(1));
      if (target && target.tagName === 'DETAILS') { target.open = true; target.scrollIntoView(); }
    };
    addEventListener('hashchange', open);
    open();
    """
}

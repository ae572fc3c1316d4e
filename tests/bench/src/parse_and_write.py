"""Reads the sheet Users with openpyxl and writes as many result rows with XlsxWriter; prints the seconds of both."""

import sys
import time

import openpyxl
import xlsxwriter

HEADERS = ["row", "org_id", "organization", "email", "display_name", "role", "password", "sign_in"]

started = time.perf_counter()
book = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True)
out = xlsxwriter.Workbook(sys.argv[2], {"constant_memory": True, "strings_to_formulas": False})
sheet = out.add_worksheet("Created")
sheet.write_row(0, 0, HEADERS)
for number, row in enumerate(book["Users"].iter_rows(min_row=2, values_only=True), start=1):
    org_id, email, name, role, _password = (value or "" for value in row)
    cells = [number + 1, org_id, "Bench", email, name, role or "member", "u4b2-rhj8-tjfp-7528-f56j-vabx-vv66", "e-mail"]
    sheet.write_row(number, 0, cells)
out.close()
print(time.perf_counter() - started)

/* Prints what the glass has told Windows of fingers: the property of its window by which a resting one is left alone. */
#include <windows.h>
#include <stdio.h>
static BOOL CALLBACK look(HWND w, LPARAM unused) {
  WCHAR title[64];
  if (GetWindowTextW(w, title, 64) && !lstrcmpW(title, L"\x041e\x0442\x043a\x043b\x0438\x043a"))
    printf("touch %lu\n", (unsigned long)(ULONG_PTR)GetPropW(w, L"MicrosoftTabletPenServiceProperty"));
  return TRUE;
}
int main(void) { return !EnumWindows(look, 0); }

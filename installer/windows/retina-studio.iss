; Inno Setup 6: the Windows installer of what PyInstaller froze on Windows. Written, and never run: no Windows was at hand.
;
;   python -m pip install ".[package]"
;   python installer\package.py --flavour cuda --build build --out dist --only frozen
;   iscc /DVersion=1.0.0 /DFlavour=cuda installer\windows\retina-studio.iss
;
; `retina-studio --version` says the version to give. The flavour says which PyTorch the environment had.

#ifndef Version
  #error Give the version: iscc /DVersion=1.0.0
#endif
#ifndef Flavour
  #define Flavour "cpu"
#endif

[Setup]
AppId={{6C0C1F0E-3B0B-4B0C-9C55-6F2E1D7A9B21}
AppName=Retina Studio
AppVersion={#Version}
AppPublisher=The Retina Studio developers
DefaultDirName={autopf}\Retina Studio
DefaultGroupName=Retina Studio
DisableProgramGroupPage=yes
; For all persons of the computer, or for one without an administrator's password.
PrivilegesRequired=admin
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\build\icons\retina-studio.ico
UninstallDisplayIcon={app}\retina-studio.exe
OutputDir=..\..\dist
OutputBaseFilename=retina-studio-{#Version}-{#Flavour}-windows-x64-setup
; The CUDA build is several GB: solid LZMA2 would take an hour, and one setup file holds 4.2 GB at most.
Compression=lzma2/fast
SolidCompression=no
#if Flavour == "cuda"
DiskSpanning=yes
#endif
ChangesAssociations=yes
ChangesEnvironment=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: "path"; Description: "Let the command line find retina-studio and retina-train"; Flags: unchecked

[Files]
Source: "..\..\build\frozen\retina-studio\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\Retina Studio"; Filename: "{app}\retina-studio.exe"
Name: "{autodesktop}\Retina Studio"; Filename: "{app}\retina-studio.exe"; Tasks: desktopicon

[Registry]
; Windows knows files by their extension alone: a study.toml is offered the application under "Open with".
Root: HKA; Subkey: "Software\Classes\Applications\retina-studio.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "Retina Studio"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\retina-studio.exe\SupportedTypes"; ValueType: string; ValueName: ".toml"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\retina-studio.exe\shell\open\command"; ValueType: string; ValueName: ""; ValueData: """{app}\retina-studio.exe"" gui ""%1"""
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: NotOnPath

[Run]
Filename: "{app}\retina-studio.exe"; Description: "{cm:LaunchProgram,Retina Studio}"; Flags: nowait postinstall skipifsilent

[Code]
function NotOnPath: Boolean;
var
  Path: String;
begin
  if not RegQueryStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', Path) then
    Path := '';
  Result := Pos(';' + Lowercase(ExpandConstant('{app}')) + ';', ';' + Lowercase(Path) + ';') = 0;
end;
